//! Functions of the rows around each row: `row_number().partition_by(…).order_by(…)`, `field.sum().over()`.

use std::marker::PhantomData;

use super::aggregates::Aggregate;
use super::expression::{Base, Expression, Sealed, result_of};
use super::expression_like::expression_like;
use super::into_expr::IntoExpr;
use super::mistake::mistake;
use super::order::IntoOrder;
use super::scope::{AnyGroup, AnyWindow, BaseScope, Grouped, Windowed};
use super::selection::Selectable;
use crate::ast::{self, Exclude, Frame, FrameBound, FrameUnit, Node, WindowCall, WindowFunction};
use crate::value::{FieldType, SqlType};

/// A function over a window. Without more said, the window is all rows; `W` is what it is about.
#[must_use = "a window does nothing until a queryset uses it"]
pub struct Over<W, T> {
    window: Box<ast::Window>,
    depth: u16,
    mistake: Option<Node>,
    marker: PhantomData<fn() -> (W, T)>,
}

impl<W, T> Clone for Over<W, T> {
    fn clone(&self) -> Self {
        Over {
            window: self.window.clone(),
            depth: self.depth,
            mistake: self.mistake.clone(),
            marker: PhantomData,
        }
    }
}

impl<W, T> Sealed for Over<W, T> {}

impl<W, T: SqlType> Expression for Over<W, T> {
    type Scope = W;
    type Type = T;

    fn into_node(self) -> Node {
        match self.mistake {
            Some(mistake) => mistake,
            None => Node::nested(self.depth, || ast::Expr::Window(self.window)),
        }
    }
}

expression_like!(Over);

fn over<W, T: SqlType>(call: WindowCall, depth: u16) -> Over<W, T> {
    let window = ast::Window {
        call,
        partition_by: Vec::new(),
        order_by: Vec::new(),
        frame: None,
        result: result_of::<T>(),
    };
    Over { window: Box::new(window), depth, mistake: None, marker: PhantomData }
}

fn function<W, T: SqlType>(function: WindowFunction, args: Vec<Node>) -> Over<W, T> {
    let depth = args.iter().map(Node::depth).max().unwrap_or(0);
    over(WindowCall::Function(function, args.into_iter().map(|arg| arg.expr).collect()), depth)
}

macro_rules! places {
    ($($(#[$doc:meta])* $name:ident: $variant:ident -> $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name() -> Over<AnyWindow, $type> {
            function(WindowFunction::$variant, Vec::new())
        }
    )*};
}

places! {
    /// The number of the row in its window: 1, 2, 3, …
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let places = Post::objects()
    ///     .order_by(|p| p.id)
    ///     .values(|p| row_number().order_by(p.views.desc()))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(places, [1, 3, 2]);
    /// # Ok(()) }) }
    /// ```
    row_number: RowNumber -> i64;
    /// The place of the row: equal rows share one, and places are left out after them.
    rank: Rank -> i64;
    /// The place of the row: equal rows share one, and none is left out.
    dense_rank: DenseRank -> i64;
    /// The place of the row between 0 and 1.
    percent_rank: PercentRank -> f64;
    /// The share of rows that are not behind this one, above 0 and up to 1.
    cume_dist: CumeDist -> f64;
}

/// The number of the bucket, counted from 1, when the rows are dealt into so many.
pub fn ntile(buckets: u32) -> Over<AnyWindow, i64> {
    let mut tiles = function(WindowFunction::Ntile, vec![count(u64::from(buckets))]);
    if buckets == 0 {
        tiles.mistake = Some(mistake("`ntile` needs at least one bucket"));
    }
    tiles
}

/// A number in the text: where it stands some databases take no parameter.
fn count(number: u64) -> Node {
    Node::leaf(ast::Expr::Count(number))
}

/// Values of other rows of the window.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let before: Vec<(i64, Option<i64>)> =
///     Post::objects().order_by(|p| p.id).values(|p| (p.views, p.views.lag(1).order_by(p.id))).all(&db).await?;
/// assert_eq!(before, [(120, None), (7, Some(120)), (55, Some(7))]);
/// # Ok(()) }) }
/// ```
pub trait Windows: Expression<Scope: BaseScope> {
    /// The value so many rows before, NULL where there is none.
    fn lag(self, rows: u32) -> Over<Windowed<Self::Scope>, <Self::Type as SqlType>::Nullable> {
        function(WindowFunction::Lag, vec![self.into_node(), count(u64::from(rows))])
    }

    /// The value so many rows after, NULL where there is none.
    fn lead(self, rows: u32) -> Over<Windowed<Self::Scope>, <Self::Type as SqlType>::Nullable> {
        function(WindowFunction::Lead, vec![self.into_node(), count(u64::from(rows))])
    }

    /// The value of the frame's first row.
    fn first_value(self) -> Over<Windowed<Self::Scope>, <Self::Type as SqlType>::Nullable> {
        function(WindowFunction::FirstValue, vec![self.into_node()])
    }

    /// The value of the frame's last row. Without a frame that is the last of the rows up to this one.
    fn last_value(self) -> Over<Windowed<Self::Scope>, <Self::Type as SqlType>::Nullable> {
        function(WindowFunction::LastValue, vec![self.into_node()])
    }

    /// The value of the frame's nth row, counted from 1; NULL where there is none.
    fn nth_value(self, row: u32) -> Over<Windowed<Self::Scope>, <Self::Type as SqlType>::Nullable> {
        let mut value = function(WindowFunction::NthValue, vec![self.into_node(), count(u64::from(row))]);
        if row == 0 {
            value.mistake = Some(mistake("`nth_value` counts rows from 1"));
        }
        value
    }
}

impl<E: Expression<Scope: BaseScope>> Windows for E {}

fn aggregate_over<W, T: SqlType>(node: Node) -> Over<W, T> {
    let depth = node.depth();
    match node.expr {
        // No database has either over a window.
        ast::Expr::Aggregate(aggregate) if aggregate.distinct || !aggregate.order_by.is_empty() => {
            let mut broken = function(WindowFunction::RowNumber, Vec::new());
            broken.mistake = Some(mistake(
                "an aggregate over a window can be neither `distinct` nor in an order of its own: order the window",
            ));
            broken
        }
        ast::Expr::Aggregate(aggregate) => over(WindowCall::Aggregate(*aggregate), depth),
        expr => {
            let mut broken = function(WindowFunction::RowNumber, Vec::new());
            broken.mistake = Some(Node::nested(depth, || expr));
            broken
        }
    }
}

impl<S: BaseScope, T: SqlType> Aggregate<Grouped<S>, T> {
    /// The aggregate over a window of rows around each row, instead of over a group.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let running = Post::objects()
    ///     .order_by(|p| p.id)
    ///     .values(|p| p.views.sum().over().order_by(p.id))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(running, [Some(120), Some(127), Some(182)]);
    /// # Ok(()) }) }
    /// ```
    pub fn over(self) -> Over<Windowed<S>, T> {
        aggregate_over(self.into_node())
    }
}

impl<T: SqlType> Aggregate<AnyGroup, T> {
    /// The number of rows in a window around each row.
    pub fn over(self) -> Over<AnyWindow, T> {
        aggregate_over(self.into_node())
    }
}

/// Scopes of windows that can be over rows of `S`.
pub trait WindowOf<S> {}

impl<S: BaseScope> WindowOf<S> for Windowed<S> {}
impl<S: BaseScope> WindowOf<S> for AnyWindow {}

impl<W, T> Over<W, T> {
    fn into_scope<S>(self) -> Over<S, T> {
        Over { window: self.window, depth: self.depth, mistake: self.mistake, marker: PhantomData }
    }

    /// Rows that are equal in these are looked at by themselves.
    pub fn partition_by<S, L>(mut self, of: L) -> Over<Windowed<S>, T>
    where
        S: BaseScope,
        W: WindowOf<S>,
        L: Selectable<S>,
    {
        let mut nodes = Vec::new();
        of.push_selected(&mut nodes);
        self.depth = nodes.iter().map(Node::depth).fold(self.depth, u16::max);
        self.window.partition_by.extend(nodes.into_iter().map(|node| node.expr));
        self.into_scope()
    }

    /// The order of the window's rows.
    pub fn order_by<S, O>(mut self, order: O) -> Over<Windowed<S>, T>
    where
        S: BaseScope,
        W: WindowOf<S>,
        O: IntoOrder<S>,
    {
        order.push_order(&mut self.window.order_by);
        self.into_scope()
    }

    /// The frame: the rows from `start` to `end`, counted from the row itself (-1 is the row before).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let with_the_one_before = Post::objects()
    ///     .order_by(|p| p.id)
    ///     .values(|p| p.views.sum().over().order_by(p.id).rows(-1..=0))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(with_the_one_before, [Some(120), Some(127), Some(62)]);
    /// # Ok(()) }) }
    /// ```
    pub fn rows(self, frame: impl std::ops::RangeBounds<i64>) -> Self {
        self.framed(FrameUnit::Rows, &frame)
    }

    /// The frame: rows whose only order key differs from this row's by `start` to `end`.
    pub fn range(self, frame: impl std::ops::RangeBounds<i64>) -> Self {
        self.framed(FrameUnit::Range, &frame)
    }

    /// The frame: groups of rows that are equal in the order, from `start` to `end`, counted from this row's.
    pub fn groups(self, frame: impl std::ops::RangeBounds<i64>) -> Self {
        self.framed(FrameUnit::Groups, &frame)
    }

    fn framed(mut self, unit: FrameUnit, frame: &impl std::ops::RangeBounds<i64>) -> Self {
        use std::ops::Bound;
        let bound = |bound: Bound<&i64>, inwards: i64| match bound {
            Bound::Unbounded => None,
            Bound::Included(&at) => Some(at),
            Bound::Excluded(&at) => Some(at.saturating_add(inwards)),
        };
        let (start, end) = (bound(frame.start_bound(), 1), bound(frame.end_bound(), -1));
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            self.mistake = Some(mistake("a window's frame ends before it starts"));
        }
        let made = |at: Option<i64>| match at {
            None => FrameBound::Unbounded,
            Some(0) => FrameBound::CurrentRow,
            Some(at) if at < 0 => FrameBound::Preceding(at.unsigned_abs()),
            Some(at) => FrameBound::Following(at.unsigned_abs()),
        };
        let exclude = self.window.frame.map_or(Exclude::NoOthers, |frame| frame.exclude);
        self.window.frame = Some(Frame { unit, start: made(start), end: made(end), exclude });
        self
    }

    fn excluding(mut self, exclude: Exclude) -> Self {
        match &mut self.window.frame {
            Some(frame) => frame.exclude = exclude,
            None => {
                // The frame that there is when none is asked for.
                self.window.frame = Some(Frame {
                    unit: FrameUnit::Range,
                    start: FrameBound::Unbounded,
                    end: FrameBound::CurrentRow,
                    exclude,
                });
            }
        }
        self
    }

    /// The frame leaves the row itself out.
    pub fn exclude_current_row(self) -> Self {
        self.excluding(Exclude::CurrentRow)
    }

    /// The frame leaves the row out, and those equal to it in the order.
    pub fn exclude_group(self) -> Self {
        self.excluding(Exclude::Group)
    }

    /// The frame leaves those out that are equal to the row in the order, but not the row.
    pub fn exclude_ties(self) -> Self {
        self.excluding(Exclude::Ties)
    }
}

impl<W, T: SqlType> Over<W, T> {
    /// The value where the window has none, instead of NULL.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let before: Vec<i64> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.views.lag(1).order_by(p.id).default(0)).all(&db).await?;
    /// assert_eq!(before, [0, 120, 7]);
    /// # Ok(()) }) }
    /// ```
    pub fn default<V>(self, value: V) -> super::Expr<V::Scope, T::Required>
    where
        V: IntoExpr<Base<Self>, W>,
        T::Base: FieldType,
    {
        let args = vec![self.into_node(), value.into_operand()];
        let function = ast::Function::Choice(ast::ChoiceFunction::Coalesce);
        super::Expr::new(Node::function(function, args, result_of::<T::Required>()))
    }
}
