//! Queries with a name that a further query reads: WITH, also recursive.

use super::query::Query;
use super::shape::{Annotated, Whole};
use super::{IntoPredicate, QuerySet};
use crate::ast::{
    ArithmeticOp, Beside, CompareOp, Cte, Expr, FieldRef, Node, Outer, Select, Selection, Source,
};
use crate::model::{Fields, Found, Model, Root};
use crate::schema::FieldMeta;
use crate::value::ValueKind;

/// What the query is called in the statement.
const NAME: &str = "orm_rows";

/// How far from the first rows a row is.
static DEPTH: FieldMeta = FieldMeta::new("", "depth", "orm_depth", ValueKind::I64);

impl<M: Model> QuerySet<M, Whole<M>> {
    /// A query that reads from this one's rows (WITH): conditions after a slice, or after `qualify`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// // Of the two posts that were read most, those by ann.
    /// let top = Post::objects().order_by(|p| p.views.desc()).limit(2).as_cte();
    /// let by_ann = top.filter(|p| p.author.username.eq("ann")).order_by(|p| p.id);
    /// assert_eq!(by_ann.count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn as_cte(self) -> Self {
        reading(self.query, None, &[])
    }

    /// These rows and all rows that follow from them (WITH RECURSIVE): `step` says which rows follow from a row found
    /// before. Each row is found once, so circles end.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model)]
    /// struct Employee {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     #[field(max_length = 50)]
    ///     name: String,
    ///     boss: Option<ForeignKey<Employee>>,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Employee]).await?;
    /// # let ada = Employee::objects().create(&db, |e| e.name("Ada")).await?;
    /// # let ben = Employee::objects().create(&db, |e| e.name("Ben").boss(&ada)).await?;
    /// # Employee::objects().create(&db, |e| e.name("Cleo").boss(&ben)).await?;
    /// # Employee::objects().create(&db, |e| e.name("Dan")).await?;
    /// let below_ada = Employee::objects()
    ///     .filter(|e| e.name.eq("Ada"))
    ///     .recursive(|employee, found| employee.boss.id.eq(found.id));
    /// let names = below_ada.order_by(|e| e.name).values(|e| e.name).all(&db).await?;
    /// assert_eq!(names, ["Ada", "Ben", "Cleo"]);
    /// # Ok(()) }
    /// ```
    pub fn recursive<P: IntoPredicate<M>>(
        self,
        step: impl FnOnce(M::Fields<Root<M>>, M::Fields<Found<M>>) -> P,
    ) -> Self {
        let condition = step(Self::fields(), <M::Fields<Found<M>> as Fields>::NEW).into_condition();
        let depth = condition.depth();
        let mut next = beside_found::<M>();
        next.deleted = self.query.select.deleted;
        next.filter.extend((!condition.is_always()).then_some(condition.expr));
        let mut query = reading(self.query, Some((next, false)), &[]);
        query.query.deepen(depth);
        query
    }

    /// As [`QuerySet::recursive`], with how many steps from the first rows each row was found, up to `most`; a row is
    /// there once for each way that leads to it.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// # #[derive(Model)]
    /// # struct Employee {
    /// #     #[field(primary_key)]
    /// #     id: i64,
    /// #     #[field(max_length = 50)]
    /// #     name: String,
    /// #     boss: Option<ForeignKey<Employee>>,
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Employee]).await?;
    /// # let ada = Employee::objects().create(&db, |e| e.name("Ada")).await?;
    /// # let ben = Employee::objects().create(&db, |e| e.name("Ben").boss(&ada)).await?;
    /// # Employee::objects().create(&db, |e| e.name("Cleo").boss(&ben)).await?;
    /// let below_ada = Employee::objects()
    ///     .filter(|e| e.name.eq("Ada"))
    ///     .recursive_with_depth(10, |employee, found| employee.boss.id.eq(found.id))
    ///     .order_by(|e| e.id);
    /// let rows: Vec<(Employee, i64)> = below_ada.all(&db).await?;
    /// assert_eq!(rows.iter().map(|(_, depth)| *depth).collect::<Vec<_>>(), [0, 1, 2]);
    /// # Ok(()) }
    /// ```
    pub fn recursive_with_depth<P: IntoPredicate<M>>(
        mut self,
        most: u32,
        step: impl FnOnce(M::Fields<Root<M>>, M::Fields<Found<M>>) -> P,
    ) -> QuerySet<M, Annotated<Whole<M>, i64>> {
        let condition = step(Self::fields(), <M::Fields<Found<M>> as Fields>::NEW).into_condition();
        let deepest = condition.depth();
        let field = FieldRef { path: None, field: &DEPTH };
        let found = || Node::leaf(Expr::Outer(Outer { levels: 0, beside: true, model: M::META, field }));
        let mut next = beside_found::<M>();
        next.deleted = self.query.select.deleted;
        next.filter.extend((!condition.is_always()).then_some(condition.expr));
        next.filter.push(found().compare(CompareOp::Lt, Node::leaf(Expr::Count(most.into()))).expr);
        let one_more = found().arithmetic(ArithmeticOp::Add, Node::leaf(Expr::Count(1)));
        next.selection = Selection::ModelAnd(vec![one_more.expr]);
        self.query.annotate(vec![Node::leaf(Expr::Count(0))]);
        let mut query = reading::<M>(self.query, Some((next, true)), &["orm_depth"]);
        query.query.deepen(deepest);
        let depth = vec![Node::leaf(Expr::Field(field))];
        let shape = Annotated::new(query.shape, &depth);
        query.query.annotate(depth);
        QuerySet { query: query.query, shape }
    }
}

/// The model's rows, beside one found before.
fn beside_found<M: Model>() -> Select {
    let mut next = Select::new(M::META);
    next.clauses_mut().beside = Some(Beside { name: NAME, model: M::META, table: 0 });
    next
}

fn reading<M: Model>(
    query: Query,
    recursive: Option<(Select, bool)>,
    extra: &'static [&'static str],
) -> QuerySet<M, Whole<M>> {
    let mut whole = QuerySet::new();
    match query.nested() {
        Ok((select, depth)) => {
            whole.query.deepen(depth);
            let cte = Cte { name: NAME, model: M::META, select, recursive, extra };
            whole.query.select.source = Source::Named(NAME, M::META);
            whole.query.select.clauses_mut().with.push(cte);
        }
        Err(mistaken) => whole.query.fail(mistaken.1),
    }
    whole
}
