//! A model of 1,600 columns, written by hand: works, or is the database's typed error.

use orm::Error;
use orm::model::derived::NewValues;
use orm::model::visit::NewVisitor;
use orm::model::{Complete, Described, Fields, Loaded, LoadedFields, Metas, NewModel, Path};
use orm::prelude::*;
use orm::schema::{FieldMeta, Generated, ModelMeta};
use orm::value::{FieldType as _, Row, Value, ValueKind};

use crate::support::run;

const COLUMNS: usize = 1_600;

/// The first is the key.
#[derive(Debug, Clone, PartialEq)]
struct Wide(Vec<i16>);

/// `c0000`, `c0001`, …
#[expect(clippy::cast_possible_truncation, reason = "digits are less than ten")]
static NAMES: [[u8; 5]; COLUMNS] = {
    let mut names = [*b"c0000"; COLUMNS];
    let mut at = 0;
    while at < COLUMNS {
        names[at][1] = b'0' + (at / 1_000) as u8;
        names[at][2] = b'0' + (at / 100 % 10) as u8;
        names[at][3] = b'0' + (at / 10 % 10) as u8;
        names[at][4] = b'0' + (at % 10) as u8;
        at += 1;
    }
    names
};

static METAS: Metas<[FieldMeta; COLUMNS]> =
    Metas { model: ModelMeta::new("Wide", "wide", &METAS.fields, &[0]), fields: fields() };

#[expect(clippy::large_stack_arrays, reason = "of the compiler's, which makes the static of it")]
const fn fields() -> [FieldMeta; COLUMNS] {
    let mut fields = [const { FieldMeta::new("Wide", "", "", ValueKind::I16) }; COLUMNS];
    let mut at = 0;
    while at < COLUMNS {
        let Ok(name) = std::str::from_utf8(&NAMES[at]) else { panic!("digits are text") };
        let field = FieldMeta::new("Wide", name, name, ValueKind::I16);
        fields[at] = if at == 0 { field.primary_key() } else { field };
        at += 1;
    }
    fields
}

#[derive(Clone, Copy)]
struct NoFields;

impl Fields for NoFields {
    const NEW: Self = NoFields;
    const REF: &'static Self = &NoFields;
}

struct NewWide(Vec<i16>);

impl NewModel for NewWide {
    type Model = Wide;
    type Read = ();

    fn from_read((): ()) -> NewWide {
        NewWide(Vec::new())
    }

    fn visit(&self, _: &mut dyn NewVisitor) {}

    fn put_values(self, _: DateTime<Utc>, row: &mut NewValues) {
        row.begin(self.0.len());
        self.0.into_iter().for_each(|number| row.put(number));
    }
}

impl Complete for NewWide {
    type New = NewWide;

    fn complete(self) -> NewWide {
        self
    }
}

impl Described for Wide {
    const METAS: &'static Metas = &METAS;
}

impl orm::Model for Wide {
    type Key = i16;
    type Fields<P: Path<Target = Self>> = NoFields;
    type Draft = ();
    type New = NewWide;
    type Only<L: LoadedFields> = L;
    type With<L: Send + 'static> = Loaded<Self, L>;

    fn empty_draft() {}

    fn only<L: LoadedFields>(fields: L) -> L {
        fields
    }

    fn only_fields<L: LoadedFields>(row: &L) -> &L {
        row
    }

    fn with<L: Send + 'static>(row: Loaded<Self, L>) -> Loaded<Self, L> {
        row
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> orm::Result<Self> {
        let read = (0..COLUMNS).map(|column| i16::from_row(row, at + column).map(Option::unwrap_or_default));
        Ok(Wide(read.collect::<Result<_, _>>()?))
    }

    fn key(&self) -> i16 {
        self.0[0]
    }

    fn value(&self, field: usize) -> Result<Value, orm::error::ValueError> {
        self.0[field].to_value()
    }
}

#[test]
fn sixteen_hundred_columns_work_or_are_refused() {
    assert!(METAS.fields.iter().all(|field| field.generated != Some(Generated::Identity)));
    run(&[], async |db| {
        if let Err(error) = db.create_tables(models![Wide]).await {
            // InnoDB has 1,017 columns at most.
            assert!(matches!(error, Error::Database(_)), "{error}");
            return;
        }
        let objects = orm::QuerySet::<Wide>::new;
        let numbers = |first: i16| (0..1_600).map(|n| first + n).collect::<Vec<i16>>();
        let one = objects().create(db, |()| NewWide(numbers(1))).await.unwrap();
        assert_eq!(one, Wide(numbers(1)));
        let mut two = Wide(numbers(2));
        two.save(db).await.unwrap();
        two.0[1_599] = 9;
        two.save(db).await.unwrap();
        assert_eq!(objects().pk(2).get(db).await.unwrap().0[1_599], 9);
        assert_eq!(objects().all(db).await.unwrap().len(), 2);
        assert_eq!(objects().union(objects()).count(db).await.unwrap(), 2);
    });
}
