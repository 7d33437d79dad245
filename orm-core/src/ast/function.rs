//! A function of values of one row.

mod choice;
mod datetime;
mod own;
mod text;

pub use choice::ChoiceFunction;
pub use datetime::{DateFunction, DatePart, DateUnit};
pub use own::OwnFunction;
pub use text::{HashFunction, TextFunction};
mod math;

pub use math::MathFunction;
mod json;

pub use json::JsonFunction;

use super::{Expr, Node, ResultType};

/// Which function, by family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// Choosing among values.
    Choice(ChoiceFunction),
    /// Dates and times.
    Date(DateFunction),
    /// Of text.
    Text(TextFunction),
    /// Mathematics.
    Math(MathFunction),
    /// JSON documents.
    Json(JsonFunction),
    /// One that the user declares.
    Own(OwnFunction),
}

impl Function {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Function::Choice(function) => function.name(),
            Function::Date(function) => function.name(),
            Function::Text(function) => function.name(),
            Function::Math(function) => function.name(),
            Function::Json(function) => function.name(),
            Function::Own(function) => function.name,
        }
    }
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionCall {
    /// Which.
    pub function: Function,
    /// The arguments.
    pub args: Vec<Expr>,
    /// What it gives.
    pub result: ResultType,
}

impl Node {
    /// A call of a function.
    pub fn function(function: Function, args: Vec<Node>, result: ResultType) -> Self {
        let depth = args.iter().map(Node::depth).max().unwrap_or(0);
        Node::nested(depth, || {
            let args = args.into_iter().map(|arg| arg.expr).collect();
            Expr::Function(Box::new(FunctionCall { function, args, result }))
        })
    }
}
