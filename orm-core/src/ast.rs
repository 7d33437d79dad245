//! One statement as data: no SQL text, no type parameters.

mod aggregate;
mod case;
mod clauses;
mod combined;
mod delete;
mod entry;
mod expr;
mod function;
mod insert;
mod kind;
mod lock;
mod node;
mod on_conflict;
mod order_by;
mod raw;
mod reroot;
mod select;
mod subquery;
mod text;
mod update;
mod visit;
mod window;

pub use aggregate::{Aggregate, AggregateFunction};
pub use case::{Case, Cast};
pub use clauses::{Beside, Clauses, Cte};
pub use combined::{Combined, SetOperator};
pub use delete::Delete;
pub use entry::{Check, ModelEntry};
pub use expr::{
    Arithmetic, ArithmeticOp, Between, ColumnRef, CompareOp, Comparison, Derived, Expr, FieldRef, InList,
    InTuples, MAX_DEPTH, Mistake, ResultType,
};
pub use function::{
    ChoiceFunction, DateFunction, DatePart, DateUnit, Function, FunctionCall, HashFunction, JsonFunction,
    MathFunction, OwnFunction, TextFunction,
};
pub use insert::{Insert, NewRows, Returning};
pub use lock::{Lock, LockStrength, LockWait, LockedRelation};
pub use node::Node;
pub use on_conflict::{ConflictAction, OnConflict};
pub use order_by::{Nulls, OrderBy, OrderKey};
pub use raw::{RawPart, RawSql};
pub use reroot::Reroot;
pub use select::{DeletedRows, Join, JoinKind, Select, Selection, Source};
pub use subquery::{InSubquery, Outer, Subquery};
pub use text::{Collate, Regex, TextMatch, TextMatchKind};
pub use update::{Assignment, Update, UpdateEach};
pub use window::{Exclude, Frame, FrameBound, FrameUnit, Window, WindowCall, WindowFunction};
