//! The columns that conditions and orders are about, each as a typed field for orm and as a value of a row in memory.

use orm::prelude::*;

use super::model::Row;

/// A column whose values are `T`s.
pub trait Column<T>: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// The value in a row; `None` is NULL.
    fn read(self, row: &Row) -> Option<T>;
}

/// An enum of columns of one type, and a macro that gives the field of one of them to a piece of code.
macro_rules! columns {
    ($d:tt $name:ident, $with:ident: $type:ty { $($variant:ident: $($path:ident).+ = $read:expr;)+ }) => {
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum $name { $($variant),+ }

        impl Column<$type> for $name {
            const ALL: &'static [Self] = &[$($name::$variant),+];

            fn read(self, row: &Row) -> Option<$type> {
                let read: fn(&Row) -> Option<$type> = match self { $($name::$variant => $read),+ };
                read(row)
            }
        }

        macro_rules! $with {
            ($d column:expr, $d fields:expr, |$d field:ident| $d body:expr) => {
                match $d column {
                    $($crate::suite::property::column::$name::$variant => {
                        let $d field = $d fields.$($path).+;
                        $d body
                    })+
                }
            };
        }
    };
}

columns!($ I32Column, with_i32: i32 {
    Number: number = |row| Some(row.item.number);
    TagRank: tag.rank = |row| row.tag.as_ref().map(|tag| tag.rank);
    ShelfWeight: shelf.weight = |row| row.shelf.weight;
    KeeperRank: shelf.keeper.rank = |row| row.keeper.as_ref().map(|tag| tag.rank);
});

columns!($ I64Column, with_i64: i64 {
    Id: id = |row| Some(row.item.id);
    Amount: amount = |row| row.item.amount;
    TagId: tag.id = |row| row.item.tag.as_ref().map(|key| *key.key());
    ShelfId: shelf.id = |row| Some(row.shelf.id);
    KeeperId: shelf.keeper.id = |row| row.shelf.keeper.as_ref().map(|key| *key.key());
});

// Apart from those that conditions calculate with: told that a column equals the greatest number, MySQL calculates with
// that number, and refuses because it is too great.
columns!($ BigColumn, with_big: i64 {
    Big: big = |row| Some(row.item.big);
});

columns!($ U32Column, with_u32: u32 {
    Stock: stock = |row| Some(row.item.stock);
});

columns!($ DecimalColumn, with_decimal: Decimal {
    Price: price = |row| Some(row.item.price);
    Discount: discount = |row| row.item.discount;
});

columns!($ F64Column, with_f64: f64 {
    Ratio: ratio = |row| Some(row.item.ratio);
});

columns!($ TextColumn, with_text: String {
    Name: name = |row| Some(row.item.name.clone());
    Note: note = |row| row.item.note.clone();
    TagName: tag.name = |row| row.tag.as_ref().map(|tag| tag.name.clone());
    TagNote: tag.note = |row| row.tag.as_ref().and_then(|tag| tag.note.clone());
    ShelfLabel: shelf.label = |row| Some(row.shelf.label.clone());
    KeeperName: shelf.keeper.name = |row| row.keeper.as_ref().map(|tag| tag.name.clone());
});

columns!($ BoolColumn, with_bool: bool {
    Flag: flag = |row| Some(row.item.flag);
    Maybe: maybe = |row| row.item.maybe;
});

columns!($ TimeColumn, with_time: DateTime<Utc> {
    At: at = |row| Some(row.item.at);
});

columns!($ DayColumn, with_day: NaiveDate {
    Day: day = |row| row.item.day;
});

// Whether there is a value, for columns that can be NULL; the value itself does not matter.
columns!($ NullableColumn, with_nullable: () {
    Amount: amount = |row| row.item.amount.map(drop);
    Note: note = |row| row.item.note.as_ref().map(|_| ());
    Maybe: maybe = |row| row.item.maybe.map(drop);
    Discount: discount = |row| row.item.discount.map(drop);
    Day: day = |row| row.item.day.map(drop);
    Tag: tag = |row| row.item.tag.as_ref().map(|_| ());
    TagName: tag.name = |row| row.tag.as_ref().map(|_| ());
    TagNote: tag.note = |row| row.tag.as_ref().and_then(|tag| tag.note.as_ref()).map(|_| ());
    ShelfWeight: shelf.weight = |row| row.shelf.weight.map(drop);
    Keeper: shelf.keeper = |row| row.shelf.keeper.as_ref().map(|_| ());
    KeeperRank: shelf.keeper.rank = |row| row.keeper.as_ref().map(|_| ());
    KeeperNote: shelf.keeper.note = |row| row.keeper.as_ref().and_then(|tag| tag.note.as_ref()).map(|_| ());
});
