//! The rows: seven columns of the usual types.

use orm::chrono::TimeDelta;
use orm::prelude::*;

/// Rows that are there from the beginning, with the keys from 1 on.
pub const ROWS: i64 = 10_000;

/// The table's name, for the raw side.
macro_rules! table {
    () => {
        "orm_bench_overhead_item"
    };
}
pub(crate) use table;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orm_bench_overhead_item")]
pub struct Item {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    pub active: bool,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
    pub created_at: DateTime<Utc>,
    #[field(max_length = 200)]
    pub note: Option<String>,
    pub stock: i32,
}

impl Item {
    /// The row number `id`; its content depends on nothing else.
    pub fn numbered(id: i64) -> Self {
        Item {
            id,
            name: format!("Item number {id}"),
            active: id % 10 != 0,
            price: Decimal::new(id * 37 % 100_000 + 1, 2),
            created_at: DateTime::UNIX_EPOCH
                + TimeDelta::seconds(1_700_000_000 + id * 61)
                + TimeDelta::microseconds(id * 7),
            note: (id % 2 == 0).then(|| format!("A note of some length about item {id}")),
            stock: i32::try_from(id % 500).unwrap_or_default(),
        }
    }
}
