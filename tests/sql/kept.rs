//! A text that is kept by the form of its statement is the one that compiling gives, with each value in its place.

use std::thread;

use orm::Model as _;
use orm::prelude::*;
use orm::schema::{FieldMeta, ModelMeta, PathNode};
use orm_core::ast::{
    Aggregate, AggregateFunction, ArithmeticOp, Assignment, CompareOp, Delete, DeletedRows, Expr, FieldRef,
    Insert, NewRows, Node, Nulls, OrderBy, OrderKey, ResultType, Returning, Select, Selection, Update,
};
use orm_core::compile::{
    CompiledSql, Operation, compile_delete, compile_insert, compile_select, compile_update,
};
use orm_core::value::{Value, ValueKind};

#[derive(Model, Debug, Clone)]
#[model(soft_delete = gone_at)]
struct Thing {
    #[field(primary_key)]
    id: i64,
    small: i32,
    large: i64,
    #[field(max_length = 3)]
    name: String,
    note: Option<String>,
    #[field(max_digits = 6, decimal_places = 2)]
    price: Decimal,
    ratio: f64,
    flag: bool,
    seen: DateTime<Utc>,
    parent: Option<ForeignKey<Counted>>,
    gone_at: Option<DateTime<Utc>>,
}

#[derive(Model, Debug, Clone)]
struct Counted {
    #[field(primary_key)]
    id: i64,
    small: i32,
    #[field(version)]
    version: i64,
}

const OPERATION: Operation = Operation::new("Thing", "test");

#[derive(Clone, Debug)]
enum Statement {
    Select(Select),
    Update(Update),
    Delete(Delete),
    Insert(Insert),
}

impl Statement {
    fn compile(self, dialect: Dialect) -> Result<CompiledSql, orm::Error> {
        match self {
            Statement::Select(select) => compile_select(select, dialect, OPERATION),
            Statement::Update(update) => compile_update(update, dialect, OPERATION),
            Statement::Delete(delete) => compile_delete(delete, dialect, OPERATION),
            Statement::Insert(insert) => compile_insert(insert, dialect, OPERATION),
        }
    }

    /// Everything that it becomes, as text.
    fn outcome(self, dialect: Dialect) -> String {
        match self.compile(dialect) {
            Ok(sql) => {
                let CompiledSql {
                    sql,
                    params,
                    access,
                    operation: _,
                    features,
                    read,
                    copy,
                    runs,
                    weighs_values,
                    rows,
                } = sql;
                format!(
                    "{sql}\n{params:?} {access:?} {features:?} {read:?} {copy:?} {rows:?} {runs} {weighs_values}"
                )
            }
            Err(error) => format!("{error}\n{error:?}"),
        }
    }
}

/// Makes statements of two sources of chance: one for the form, one for the values.
struct Maker {
    form: u64,
    values: u64,
    picks: u64,
    /// Which of the choices is another one: all others stay as they are.
    changed: Option<u64>,
}

fn next(state: &mut u64, below: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 20) % below
}

impl Maker {
    fn new(form: u64, values: u64) -> Self {
        let seed = |number: u64| (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Maker { form: seed(form), values: seed(values), picks: 0, changed: None }
    }

    fn pick(&mut self, below: u64) -> u64 {
        let picked = next(&mut self.form, below);
        self.picks += 1;
        if self.changed == Some(self.picks) { (picked + 1) % below } else { picked }
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.pick(items.len() as u64)).expect("small")]
    }

    fn statement(&mut self) -> Statement {
        match self.pick(6) {
            0 => Statement::Insert(self.insert()),
            1 => Statement::Delete(Delete { model: Thing::META, rows: self.select(Thing::META) }),
            2 | 3 => Statement::Update(self.update()),
            _ => Statement::Select(self.select(Thing::META)),
        }
    }

    fn insert(&mut self) -> Insert {
        let fields: Vec<_> = Thing::META.fields.iter().filter(|_| self.pick(4) > 0).collect();
        let row = fields.iter().map(|field| self.stored(field)).collect();
        let returning = self.of(&[Returning::Nothing, Returning::Model, Returning::Key]);
        Insert { model: Thing::META, fields, rows: NewRows::One(row), on_conflict: None, returning }
    }

    fn update(&mut self) -> Update {
        let model = self.of(&[Thing::META, Thing::META, Thing::META, Counted::META]);
        let assignments = (0..=self.pick(3))
            .map(|_| {
                let field = self.field(model);
                let value =
                    if self.pick(2) == 0 { Expr::Value(self.stored(field)) } else { self.number(model).expr };
                Assignment { field, value }
            })
            .collect();
        Update { model, assignments, rows: self.select(model) }
    }

    fn select(&mut self, model: &'static ModelMeta) -> Select {
        let mut select = Select::new(model);
        select.selection = match self.pick(6) {
            0 => Selection::Count,
            1 => Selection::One,
            2 => Selection::Exprs((0..=self.pick(2)).map(|_| self.selected(model)).collect()),
            3 => Selection::ModelAnd(vec![self.number(model).expr]),
            _ => Selection::Model,
        };
        select.deleted = self.of(&[DeletedRows::Shown, DeletedRows::Hidden, DeletedRows::Only]);
        select.distinct = self.pick(5) == 0;
        select.filter = (0..self.pick(4)).map(|_| self.condition(model, 2).expr).collect();
        if self.pick(2) == 0 {
            let key = if self.pick(2) == 0 { self.number(model) } else { self.own(model) };
            let (descending, nulls) =
                (self.pick(2) == 0, self.of(&[Nulls::Largest, Nulls::First, Nulls::Last]));
            select.order_by.push(OrderBy { key: OrderKey::Expr(key.expr), descending, nulls });
        }
        select.limit = (self.pick(3) == 0).then(|| self.pick(3));
        select.offset = (self.pick(6) == 0).then(|| self.pick(3));
        select
    }

    fn selected(&mut self, model: &'static ModelMeta) -> Expr {
        match self.pick(3) {
            0 => self.own(model).expr,
            1 => self.number(model).expr,
            _ => Expr::Aggregate(Box::new(Aggregate {
                function: self.of(&[
                    AggregateFunction::Count,
                    AggregateFunction::Sum,
                    AggregateFunction::Max,
                ]),
                args: vec![if self.pick(2) == 0 { self.own(model).expr } else { self.number(model).expr }],
                distinct: self.pick(3) == 0,
                filter: (self.pick(4) == 0).then(|| self.condition(model, 0).expr),
                order_by: Vec::new(),
                result: ResultType { kind: ValueKind::I64, nullable: self.pick(2) == 0 },
            })),
        }
    }

    fn condition(&mut self, model: &'static ModelMeta, depth: u8) -> Node {
        let op = self.of(&[CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Ge]);
        match self.pick(if depth == 0 { 5 } else { 9 }) {
            0 | 1 => {
                let field = self.field(model);
                let value = Node::leaf(Expr::Value(self.value(field.kind)));
                own(field).compare(op, value)
            }
            2 => {
                let field = self.field(model);
                let (low, high) = (self.value(field.kind), self.value(field.kind));
                own(field).between(Node::leaf(Expr::Value(low)), Node::leaf(Expr::Value(high)))
            }
            3 => related(model).compare(op, Node::leaf(Expr::Value(self.value(ValueKind::I32)))),
            4 => self.number(model).compare(op, self.number(model)),
            5 => self.condition(model, depth - 1).and(self.condition(model, depth - 1)),
            6 => self.condition(model, depth - 1).or(self.condition(model, depth - 1)),
            7 => match self.pick(4) {
                0 => self.condition(model, depth - 1).negate(),
                1 => self.condition(model, depth - 1).is_not_true(),
                2 => self.condition(model, depth - 1).xor(self.condition(model, depth - 1)),
                _ => self.own(model).is_null(),
            },
            _ => {
                let field = self.field(model);
                let values = (0..self.pick(3)).map(|_| self.value(field.kind)).collect();
                own(field).in_list(Ok(values))
            }
        }
    }

    /// A calculation, at times with decimals.
    fn number(&mut self, model: &'static ModelMeta) -> Node {
        let names: &[&str] =
            if model == Thing::META { &["small", "large", "price", "ratio"] } else { &["small"] };
        let name = self.of(names);
        let field = model.field(name).expect("a field");
        let op = self.of(&[
            ArithmeticOp::Add,
            ArithmeticOp::Subtract,
            ArithmeticOp::Multiply,
            ArithmeticOp::Divide,
        ]);
        let value = Node::leaf(Expr::Value(self.value(field.kind)));
        match self.pick(4) {
            0 => value.arithmetic(op, own(field)),
            1 => own(field).arithmetic(op, own(field)),
            2 => own(field).arithmetic(op, value).arithmetic(op, own(field)),
            _ => own(field).arithmetic(op, value),
        }
    }

    fn field(&mut self, model: &'static ModelMeta) -> &'static FieldMeta {
        let at = self.pick(model.fields.len() as u64);
        &model.fields[usize::try_from(at).expect("small")]
    }

    fn own(&mut self, model: &'static ModelMeta) -> Node {
        own(self.field(model))
    }

    fn stored(&mut self, field: &'static FieldMeta) -> Value {
        if field.nullable && self.pick(2) == 0 { Value::Null(field.kind) } else { self.value(field.kind) }
    }

    /// From so few that equal ones are frequent, and some that cannot be stored or bound.
    fn value(&mut self, kind: ValueKind) -> Value {
        let number = next(&mut self.values, 3);
        let rare = next(&mut self.values, 40) == 0;
        let whole = i64::try_from(number).expect("small");
        match kind {
            ValueKind::Bool => Value::Bool(number == 0),
            ValueKind::I32 => Value::I32(i32::try_from(number).expect("small")),
            ValueKind::F64 => Value::F64(if rare {
                f64::NAN
            } else {
                [0.5, 1.0, 2.0][usize::try_from(number).expect("small")]
            }),
            ValueKind::Text => Value::Text(if rare { "too long\0".into() } else { number.to_string() }),
            ValueKind::Decimal => Value::Decimal(Decimal::new(
                if rare { 1_234_567_890 } else { whole },
                u32::try_from(number).expect("small"),
            )),
            ValueKind::Timestamp => {
                let seconds = if rare { 1 << 40 } else { whole };
                Value::Timestamp(DateTime::from_timestamp(seconds, 0).expect("a time"))
            }
            _ => Value::I64(whole),
        }
    }
}

/// A field of the related row, where the model has one.
fn related(model: &'static ModelMeta) -> Node {
    let field = Counted::META.field("small").expect("a field");
    let Some(relation) = model.relations.first() else { return own(field) };
    let path = PathNode::step(None, relation, usize::MAX);
    Node::leaf(Expr::Field(FieldRef { path, field }))
}

fn own(field: &'static FieldMeta) -> Node {
    Node::leaf(Expr::Field(FieldRef { path: None, field }))
}

/// On a thread of its own nothing is kept yet, so it is compiled.
fn compiled(statement: Statement, dialect: Dialect) -> String {
    thread::spawn(move || statement.outcome(dialect)).join().expect("no panic")
}

#[test]
fn a_text_that_is_kept_is_the_one_that_compiling_gives() {
    let mut written = 0;
    for form in 0..1_500 {
        let dialect = Dialect::ALL[usize::try_from(form % 4).expect("small")];
        for values in 0..6 {
            let statement = Maker::new(form, form * 10 + values).statement();
            let outcome = statement.clone().outcome(dialect);
            // The first two of a form are compiled anyway.
            if values > 1 {
                assert_eq!(
                    outcome,
                    compiled(statement.clone(), dialect),
                    "form {form}, values {values}: {statement:?}"
                );
                written += u64::from(statement.compile(dialect).is_ok());
            }
        }
    }
    assert!(written > 3_000, "only {written} statements could be written");
}

#[test]
fn forms_that_differ_in_one_thing_are_told_apart() {
    let mut different = 0;
    for form in 0..500 {
        let dialect = Dialect::ALL[usize::try_from(form % 4).expect("small")];
        let mut maker = Maker::new(form, form);
        let statement = maker.statement();
        for change in 1..=maker.picks.min(30) {
            // Kept, and not displaced by one of those before.
            let mut kept = String::new();
            for _ in 0..3 {
                kept = statement.clone().outcome(dialect);
            }
            let mut neighbour = Maker { changed: Some(change), ..Maker::new(form, form) };
            let neighbour = neighbour.statement();
            let outcome = neighbour.clone().outcome(dialect);
            assert_eq!(
                outcome,
                compiled(neighbour.clone(), dialect),
                "form {form}, change {change}: {neighbour:?}"
            );
            different += u64::from(outcome != kept);
        }
    }
    assert!(different > 2_000, "only {different} were different");
}

#[test]
fn more_forms_than_there_is_room_for() {
    let outcomes = |_| -> Vec<String> {
        (0..2_000).map(|form| Maker::new(form, 7).statement().outcome(Dialect::Postgres)).collect()
    };
    let rounds: Vec<Vec<String>> = (0..4).map(outcomes).collect();
    assert!(rounds.iter().all(|round| *round == rounds[0]));
}

#[test]
fn equal_values_are_not_taken_for_each_other() {
    // Compiled and learnt with equal values; MySQL writes the second assignment first.
    let update = |first: i32, second: i32, third: i64| {
        let field = |name| Thing::META.field(name).expect("a field");
        let number = |value| Node::leaf(Expr::Value(value));
        let plus = own(field("large")).arithmetic(ArithmeticOp::Add, number(Value::I32(first))).expr;
        let rows = own(field("id")).compare(CompareOp::Eq, number(Value::I64(third))).expr;
        let mut select = Select::new(Thing::META);
        select.filter.push(rows);
        let assignments = vec![
            Assignment { field: field("small"), value: plus },
            Assignment { field: field("large"), value: Expr::Value(Value::I64(second.into())) },
        ];
        Update { model: Thing::META, assignments, rows: select }
    };
    for dialect in Dialect::ALL {
        for _ in 0..3 {
            compile_update(update(1, 1, 1), dialect, OPERATION).expect("an update");
        }
        let sql = compile_update(update(1, 2, 3), dialect, OPERATION).expect("an update");
        let statement = Statement::Update(update(1, 2, 3));
        assert_eq!(format!("{:?}", sql.params), {
            let params = thread::spawn(move || statement.compile(dialect).expect("an update").params);
            format!("{:?}", params.join().expect("no panic"))
        });
    }
}
