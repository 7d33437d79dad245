//! Functions of JSON documents.

use super::{Function, FunctionCall};
use crate::ast::{Expr, MAX_DEPTH, Node, ResultType};
use crate::value::{Value, ValueKind};

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFunction {
    /// What is at a path: a document, then for each step text (a key of an object) or an integer (an index of an
    /// array). NULL where there is nothing.
    Get,
    /// A JSON string as text; NULL for anything else.
    Text,
    /// A JSON number without a fraction as a 64-bit integer; NULL for anything else.
    I64,
    /// A JSON number in double precision; NULL for anything else.
    F64,
    /// A JSON boolean; NULL for anything else.
    Bool,
    /// A JSON number below 10^28 with up to 28 decimal places; NULL for anything else.
    Decimal,
    /// Is it JSON's own null?
    IsNull,
    /// Does an object have all of the keys? A document, then the keys.
    HasKeys,
    /// Does an object have one of the keys? A document, then the keys.
    HasAnyKey,
    /// Does a document contain another, as PostgreSQL's `@>` says?
    Contains,
    /// Is a document contained in another?
    ContainedBy,
    /// The number of an array's elements; NULL for anything else.
    Length,
    /// An object: keys and values by turns.
    Object,
    /// An array of values.
    Array,
    /// An object with a key set; anything else as it was. A document, a key, a value.
    SetKey,
    /// An object without a key; anything else as it was. A document, a key.
    RemoveKey,
}

impl JsonFunction {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            JsonFunction::Get => "key",
            JsonFunction::Text => "as_text",
            JsonFunction::I64 => "as_i64",
            JsonFunction::F64 => "as_f64",
            JsonFunction::Bool => "as_bool",
            JsonFunction::Decimal => "as_decimal",
            JsonFunction::IsNull => "is_json_null",
            JsonFunction::HasKeys => "has_keys",
            JsonFunction::HasAnyKey => "has_any_key",
            JsonFunction::Contains => "contains",
            JsonFunction::ContainedBy => "contained_by",
            JsonFunction::Length => "json_length",
            JsonFunction::Object => "json_object",
            JsonFunction::Array => "json_array",
            JsonFunction::SetKey => "set_key",
            JsonFunction::RemoveKey => "remove_key",
        }
    }
}

impl Node {
    /// What is at `steps` of a document, or further down where this is a path itself; paths are flat.
    #[must_use]
    pub fn json_path(self, steps: impl IntoIterator<Item = Value>) -> Self {
        const RESULT: ResultType = ResultType { kind: ValueKind::Json, nullable: true };
        let mut node = match &self.expr {
            Expr::Function(call) if call.function == Function::Json(JsonFunction::Get) => self,
            _ => Node::function(Function::Json(JsonFunction::Get), vec![self], RESULT),
        };
        if let Expr::Function(call) = &mut node.expr {
            let FunctionCall { args, .. } = call.as_mut();
            args.extend(steps.into_iter().take(usize::from(MAX_DEPTH) + 1).map(Expr::Value));
            if args.len() > usize::from(MAX_DEPTH) {
                return Node::leaf(Expr::TooDeep);
            }
        }
        node
    }
}
