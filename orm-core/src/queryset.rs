//! `QuerySet`: what was asked, lazily. A typed coat over an untyped `ast::Select`; nothing here runs.

mod aggregates;
mod arithmetic;
mod assign;
mod bound;
mod by_name;
mod collected;
mod combine;
mod cte;
pub(crate) mod cursor;
mod dates;
mod defer;
mod distinct;
mod expression;
mod expression_like;
mod field;
mod filter;
mod from_raw;
mod functions;
mod hook_choice;
mod into_expr;
mod keyset;
pub(crate) mod load;
mod lock;
mod lookup;
mod manager;
mod mistake;
mod only;
mod operand;
mod order;
mod project;
mod query;
mod raw;
mod related;
mod row_columns;
mod rows_by_name;
pub(crate) mod scope;
mod selection;
mod shape;
mod slice;
mod soft_delete;
mod subquery;
mod summary;
mod window;

pub use aggregates::{Aggregate, Aggregates, Averageable, JsonElement, Ordered, Summable, count_rows};
pub use arithmetic::{Additive, BitOperations, Divisible, Integral, Numeric};
pub use assign::{Assign, Assignments, FieldList, FitsIn, Set, Writable};
#[doc(hidden)]
pub use bound::{
    Arg, BindBorrowed, BindExpression, BindItem, BindOther, BindReference, BindValue, Bindable, Bound,
    BoundExpr, Piece, bound_list,
};
pub(crate) use by_name::fitted;
pub use by_name::{Lookup, NamedValue, OrderChoice, by_name};
pub use collected::{all_of, any_of};
pub use combine::{Combinable, CombinedQuerySet, Part};
pub(crate) use cursor::write_value;
pub use dates::IsDate;
pub use defer::{DeferredField, DeferredList, Deferring, WholeShape};
pub(crate) use expression::own_field;
pub use expression::{Base, Condition, Expr, Expression, IntoPredicate, Predicate, Truth};
pub use field::{Field, Many, One};
pub use from_raw::{ByColumnName, ByPosition, FromRaw, NamedRow, RawDecode};
pub use functions::*;
pub(crate) use hook_choice::HookChoice;
pub use into_expr::{IntoExpr, operand};
pub(crate) use load::stays_between;
pub use load::{
    IntoJoined, IntoPrefetched, Joined, JoinedList, Kept, Load, LoadShape, Loading, Loads, Named, NamedLoad,
    OnlyOne, Plan, Prefetchable, PrefetchedList, PrefetchedMany, PrefetchedOne, Prefetches, RelatedOne,
    Selecting, Wanted, WantedList,
};
pub use lock::{LockedList, LockedQuerySet};
pub use lookup::{
    Comparable, CompareLookups, Equatable, IntoList, IntoText, JsonConstant, JsonLookups, JsonPath,
    JsonScalar, JsonStep, JsonType, NullLookups, TextLookups, TextType,
};
pub use manager::Manager;
pub(crate) use mistake::mistake;
pub use only::{LoadList, Only, OwnField};
pub use operand::{Operand, value};
pub use order::{IntoOrder, Order, OrderExpression};
pub use project::{
    Columns, FieldPart, FromMany, FromOne, ListShape, Lists, MaybeMissing, Projected, Projection,
    ProjectionOf, RawColumn, RawColumns, ReadInto, Selected, Selects, Size,
};
#[doc(hidden)]
pub use project::{copy as copy_part, gather as gather_part, part, read_named};
pub(crate) use query::Query;
pub use raw::{RawExpr, RawQuery};
pub use related::Related;
pub use row_columns::{RowColumn, RowColumns};
pub use rows_by_name::{ByName, RowByName};
pub use scope::{AnyGroup, AnyWindow, BaseScope, EachRow, Free, Grouped, RowsOf, Windowed, Within};
pub use selection::{Selectable, SelectableOne};
pub use shape::{Annotated, ModelShape, RepeatableShape, Shape, Values, Whole};
pub use subquery::{OuterExpression, exists, subquery};
pub use summary::{Summarizes, Summary, SummaryOne};
pub use window::{Over, Windows, cume_dist, dense_rank, ntile, percent_rank, rank, row_number};

use crate::model::{Fields, Model, Root};

/// A lazy query for rows of `M`; `S` is the shape of a row, the model itself unless the query loads something else.
///
/// It is a value without a connection: clone it, keep it, pass it on. Terminal methods take the database.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let popular = Post::objects().filter(|p| p.views.gt(50));   // nothing runs
/// let by_ann = popular.clone().filter(|p| p.author.username.eq("ann"));
/// assert_eq!(popular.count(&db).await?, 2);
/// assert_eq!(by_ann.first(&db).await?.map(|post| post.title).as_deref(), Some("Hello"));
/// # Ok(()) }) }
/// ```
#[must_use = "a queryset does nothing until a terminal method such as `.all(&db).await` runs it"]
pub struct QuerySet<M: Model, S: Shape<Model = M> = Whole<M>> {
    pub(crate) query: Query,
    pub(crate) shape: S,
}

impl<M: Model> QuerySet<M> {
    /// All rows of the model, but for those that are [deleted softly](crate::model::SoftDelete).
    pub fn new() -> Self {
        QuerySet { query: Query::of_model(M::META), shape: Whole::NEW }
    }
}

impl<M: Model> Default for QuerySet<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model, S: Shape<Model = M> + Clone> Clone for QuerySet<M, S> {
    fn clone(&self) -> Self {
        QuerySet { query: self.query.clone(), shape: self.shape.clone() }
    }
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// The model's fields, as closures get them.
    pub(crate) fn fields() -> M::Fields<Root<M>> {
        <M::Fields<Root<M>> as Fields>::NEW
    }
}
