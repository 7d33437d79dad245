//! Building and compiling queries, without a database: `cargo bench --bench compile [-- --json] [--filter name]`.
//!
//! Each figure is from the first call on a queryset to text and parameters, in nanoseconds of CPU, the median of many
//! rounds; with the number of allocations. The goal for three conditions is 1,500 ns.

use std::hint::black_box;

use orm::model::{Complete, NewModel};
use orm::prelude::*;
use orm_core::ast::{Insert, Returning};
use orm_core::compile::{Operation, compile_insert};
use rustix::time::{ClockId, clock_gettime};

#[derive(Model, Debug, Clone)]
#[model(table = "bench_item")]
struct Item {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 100)]
    name: String,
    active: bool,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    created_at: DateTime<Utc>,
    note: Option<String>,
    stock: i32,
}

/// Something to compile, and its name.
type Workload = (&'static str, fn(Dialect) -> String);

const WORKLOADS: [Workload; 14] = [
    ("by key", by_key),
    ("3 conditions", three),
    ("3 conditions, order and limit", ordered),
    ("10 conditions", |dialect| many(dialect, 10)),
    ("100 conditions", |dialect| many(dialect, 100)),
    ("10,000 conditions", |dialect| many(dialect, 10_000)),
    ("a list of 3", list),
    ("4 values", values),
    ("2 groups' aggregates, having", groups),
    ("exists with an outer column", nested),
    ("a window", window),
    ("a part of a time in a zone", hour_in_zone),
    ("a day in a zone", day_in_zone),
    ("insert of 7 columns", insert),
];

fn by_key(dialect: Dialect) -> String {
    Item::objects().pk(black_box(7)).sql(dialect).expect("a query")
}

fn three(dialect: Dialect) -> String {
    let query = Item::objects().filter(|i| {
        i.active.eq(black_box(true)) & i.stock.gt(black_box(10)) & i.name.eq(black_box("Teapot"))
    });
    query.sql(dialect).expect("a query")
}

fn ordered(dialect: Dialect) -> String {
    let query = Item::objects()
        .filter(|i| i.active.eq(black_box(true)) & i.stock.gt(black_box(10)) & i.name.eq(black_box("Teapot")))
        .order_by(|i| (i.price.desc(), i.id))
        .limit(10);
    query.sql(dialect).expect("a query")
}

fn many(dialect: Dialect, conditions: i32) -> String {
    let mut query = Item::objects();
    for number in 0..conditions {
        query = query.filter(|i| i.stock.ne(black_box(number)));
    }
    query.sql(dialect).expect("a query")
}

fn list(dialect: Dialect) -> String {
    let query = Item::objects().filter(|i| i.id.is_in(black_box([7, 8, 9])));
    query.sql(dialect).expect("a query")
}

fn values(dialect: Dialect) -> String {
    let query = Item::objects()
        .filter(|i| i.stock.gt(black_box(10)))
        .values(|i| (i.id, i.name, i.price * Decimal::from(black_box(2)), i.stock + black_box(1)));
    query.sql(dialect).expect("a query")
}

fn groups(dialect: Dialect) -> String {
    let query = Item::objects()
        .filter(|i| i.stock.gt(black_box(10)))
        .values(|i| (i.active, i.id.count(), i.price.sum()))
        .having(|i| i.id.count().ge(black_box(3)));
    query.sql(dialect).expect("a query")
}

fn nested(dialect: Dialect) -> String {
    let query = Item::objects().filter(|i| {
        exists(Item::objects().filter(|other| other.name.eq(i.name.outer()) & other.id.ne(i.id.outer())))
    });
    query.sql(dialect).expect("a query")
}

fn window(dialect: Dialect) -> String {
    let query = Item::objects()
        .filter(|i| i.stock.gt(black_box(10)))
        .values(|i| (i.id, rank().partition_by(i.active).order_by(i.price.desc())));
    query.sql(dialect).expect("a query")
}

fn hour_in_zone(dialect: Dialect) -> String {
    let query =
        Item::objects().filter(|i| i.created_at.in_zone(black_box("Europe/Berlin")).hour().lt(black_box(9)));
    query.sql(dialect).expect("a query")
}

fn day_in_zone(dialect: Dialect) -> String {
    let query = Item::objects().values(|i| i.created_at.trunc_day_in(black_box("Europe/Berlin")));
    query.sql(dialect).expect("a query")
}

fn insert(dialect: Dialect) -> String {
    let draft = Item::draft();
    let new = draft
        .id(black_box(7))
        .name("Teapot")
        .active(true)
        .price(Decimal::new(2490, 2))
        .created_at(DateTime::UNIX_EPOCH)
        .note("Holds a litre")
        .stock(12);
    let values = new.complete().into_values(DateTime::UNIX_EPOCH).expect("values");
    let model = <Item as orm::Model>::META;
    let (fields, row) =
        model.fields.iter().zip(values).filter_map(|(field, value)| Some((field, value?))).unzip();
    let insert =
        Insert { model, fields, rows: vec![row].into(), on_conflict: None, returning: Returning::Nothing };
    compile_insert(insert, dialect, Operation::new("Item", "create")).expect("an insert").sql.into()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        // `cargo test --all-targets` only tries whether it starts.
        return;
    }
    let json = arguments.iter().any(|argument| argument == "--json");
    let filter = arguments.iter().skip_while(|argument| *argument != "--filter").nth(1);
    for (name, compile) in WORKLOADS {
        if filter.is_some_and(|filter| !name.contains(filter.as_str())) {
            continue;
        }
        for dialect in Dialect::ALL {
            let allocations = allocation_counter::measure(|| drop(black_box(compile(dialect)))).count_total;
            let nanos = nanos(|| drop(black_box(compile(black_box(dialect)))));
            let db = dialect.name();
            if json {
                let line = serde_json::json!({
                    "bench": "compile", "db": db.to_lowercase(), "workload": name,
                    "orm_cpu_us": (nanos / 10.0).round() / 100.0, "allocations": allocations,
                });
                println!("{line}");
            } else {
                println!("{name:32} {db:12} {nanos:>8.0} ns {allocations:>6} allocations");
            }
        }
    }
}

/// Nanoseconds of CPU that one run takes: the median of rounds of a millisecond.
fn nanos(run: impl Fn()) -> f64 {
    const ROUNDS: usize = 101;
    let round = |times: u32| {
        let start = cpu_nanos();
        for _ in 0..times {
            run();
        }
        (cpu_nanos() - start) / f64::from(times)
    };
    let first = round(100);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let times = (1e6 / first).clamp(1.0, 1e6) as u32;
    let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| round(times)).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

fn cpu_nanos() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds of minutes are exact")]
    let nanos = time.tv_sec as f64 * 1e9 + time.tv_nsec as f64;
    nanos
}
