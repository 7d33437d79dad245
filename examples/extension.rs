//! What the library does not know: a field type, a function of the database and a lookup of one's own. Run with
//! `cargo run --example extension`.

use std::fmt;

use orm::error::ValueError;
use orm::prelude::*;
use orm::queryset::{Base, Comparable, Equatable, TextType};
use orm::value::{FieldType, Row, Value, ValueKind};

/// A colour, stored as text like `#ff8000`. (A struct around one value needs only `#[derive(FieldType)]`, an enum
/// `#[derive(Choices)]`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl FieldType for Colour {
    const KIND: ValueKind = ValueKind::Text;

    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Text(self.to_string()))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        let Some(text) = row.str(at)? else { return Ok(None) };
        // The message never repeats the value: errors end up in logs.
        Colour::parse(text).map(Some).ok_or(ValueError::Invalid("not a colour".into()))
    }
}

// It can be given to builders, assigned, and compared with; `Equatable` and
// `Comparable` say that all databases agree on which values are equal, and on their order.
orm::field_values!(Colour);
impl Equatable for Colour {}
impl Comparable for Colour {}

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Colour { red, green, blue })
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// A function of the database: the types of its arguments and result, and its spelling where there is one. On other
/// databases a query that uses it is `Unsupported`, before anything is sent.
const POSITION: SqlFunction<(String, String), i64> = SqlFunction::new("position")
    .on(Dialect::Postgres, "strpos")
    .on(Dialect::MySql, "instr")
    .on(Dialect::MariaDb, "instr")
    .on(Dialect::Sqlite, "instr");

/// The same with a text in which the arguments have their places.
const BETWEEN: SqlFunction<(i64, i64, i64), bool> =
    SqlFunction::new("strictly between").everywhere("{0} > {1} AND {0} < {2}");

/// Lookups of one's own, on all expressions of text.
trait NameLookups: Expression + Clone {
    /// Starts with a capital letter of ASCII.
    fn is_capitalised(self) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        sql!(bool, "substr({self}, 1, 1) BETWEEN 'A' AND 'Z'")
    }

    /// Has at least this many characters.
    fn has_characters(self, least: i64) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        sql!(bool, "length({self}) >= {least}")
    }
}

impl<E: Expression + Clone> NameLookups for E {}

#[derive(Model, Debug, Clone)]
pub struct Paint {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50)]
    pub name: String,
    #[field(max_length = 7)]
    pub colour: Colour,
    pub second: Option<Colour>,
    pub litres: i64,
}

const ORANGE: Colour = Colour { red: 255, green: 128, blue: 0 };
const BLUE: Colour = Colour { red: 0, green: 0, blue: 255 };

#[tokio::main(flavor = "current_thread")]
async fn main() -> orm::Result<()> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![Paint]).await?;
    Paint::objects().create(&db, |p| p.name("Sunset").colour(ORANGE).second(BLUE).litres(10)).await?;
    Paint::objects().create(&db, |p| p.name("deep sea").colour(BLUE).litres(3)).await?;

    let orange = Paint::objects().filter(|p| p.colour.eq(ORANGE)).get(&db).await?;
    assert_eq!((orange.name.as_str(), orange.second), ("Sunset", Some(BLUE)));
    let colours: Vec<Colour> =
        Paint::objects().order_by(|p| p.id).values(|p| p.second.coalesce(p.colour)).all(&db).await?;
    assert_eq!(colours, [BLUE, BLUE]);
    Paint::objects().filter(|p| p.colour.is_in([ORANGE])).update(&db, |p| p.second.set(None)).await?;

    let places: Vec<i64> =
        Paint::objects().order_by(|p| p.id).values(|p| POSITION.call((p.name, "s"))).all(&db).await?;
    assert_eq!(places, [4, 6]);
    let some = Paint::objects().filter(|p| BETWEEN.call((p.litres, 2, 10))).get(&db).await?;
    assert_eq!(some.name, "deep sea");

    let capital = Paint::objects().filter(|p| p.name.is_capitalised() & p.name.has_characters(5));
    assert_eq!(capital.get(&db).await?.name, "Sunset");
    println!("{}", Paint::objects().filter(|p| POSITION.call((p.name, "sea")).gt(0)).sql(Dialect::Postgres)?);
    Ok(())
}
