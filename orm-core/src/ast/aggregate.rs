//! A function of a group of rows.

use super::{Expr, Node, OrderBy, ResultType};

/// Which function of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateFunction {
    /// How many rows, or how many that are not NULL.
    Count,
    /// The sum.
    Sum,
    /// The mean.
    Avg,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The standard deviation of a whole population.
    StdDevPop,
    /// The standard deviation estimated from a sample.
    StdDevSamp,
    /// The variance of a whole population.
    VarPop,
    /// The variance estimated from a sample.
    VarSamp,
    /// Text put together, with a separator (the second argument).
    StringAgg,
    /// A JSON array.
    JsonArrayAgg,
    /// A JSON object of names and values (two arguments).
    JsonObjectAgg,
    /// True when all are.
    BoolAnd,
    /// True when one is.
    BoolOr,
    /// Any value of the group.
    AnyValue,
    /// The bits that all have.
    BitAnd,
    /// The bits that one has.
    BitOr,
    /// The bits that an odd number of them has.
    BitXor,
}

impl AggregateFunction {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            AggregateFunction::Count => "count",
            AggregateFunction::Sum => "sum",
            AggregateFunction::Avg => "avg",
            AggregateFunction::Min => "min",
            AggregateFunction::Max => "max",
            AggregateFunction::StdDevPop => "stddev",
            AggregateFunction::StdDevSamp => "stddev_samp",
            AggregateFunction::VarPop => "variance",
            AggregateFunction::VarSamp => "var_samp",
            AggregateFunction::StringAgg => "string_agg",
            AggregateFunction::JsonArrayAgg => "json_agg",
            AggregateFunction::JsonObjectAgg => "json_object_agg",
            AggregateFunction::BoolAnd => "bool_and",
            AggregateFunction::BoolOr => "bool_or",
            AggregateFunction::AnyValue => "any_value",
            AggregateFunction::BitAnd => "bit_and",
            AggregateFunction::BitOr => "bit_or",
            AggregateFunction::BitXor => "bit_xor",
        }
    }
}

/// A function of a group of rows, or of the rows of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Which.
    pub function: AggregateFunction,
    /// What is put together; empty for `COUNT(*)`.
    pub args: Vec<Expr>,
    /// Equal values only once.
    pub distinct: bool,
    /// Only rows for which this is true.
    pub filter: Option<Expr>,
    /// In this order, where it matters.
    pub order_by: Vec<OrderBy>,
    /// What it gives.
    pub result: ResultType,
}

impl Node {
    /// A function of a group over `args`.
    pub fn aggregate(function: AggregateFunction, args: Vec<Node>, result: ResultType) -> Self {
        let depth = args.iter().map(Node::depth).max().unwrap_or(0);
        Node::nested(depth, || {
            let args = args.into_iter().map(|arg| arg.expr).collect();
            let none = Vec::new();
            let aggregate =
                Aggregate { function, args, distinct: false, filter: None, order_by: none, result };
            Expr::Aggregate(Box::new(aggregate))
        })
    }
}
