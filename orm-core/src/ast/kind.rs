//! What an expression gives: which kind of value, and whether it can be NULL.

use super::{Expr, WindowCall};
use crate::schema::FieldMeta;
use crate::value::{Value, ValueKind};

impl Expr {
    /// The field that an expression is, or calculates with.
    pub fn field_meta(&self) -> Option<&'static FieldMeta> {
        match self {
            Expr::Column(column) => Some(column.field),
            Expr::Field(reference) | Expr::Joined(reference) => Some(reference.field),
            Expr::Arithmetic(arithmetic) => {
                arithmetic.left.field_meta().or_else(|| arithmetic.right.field_meta())
            }
            Expr::Negate(inner) => inner.field_meta(),
            Expr::Collate(collate) => collate.expr.field_meta(),
            _ => None,
        }
    }

    /// The kind of its value, where that is known.
    pub fn kind(&self) -> Option<ValueKind> {
        match self {
            Expr::Field(reference) | Expr::Joined(reference) => Some(reference.field.kind),
            Expr::Column(column) => Some(column.field.kind),
            Expr::Outer(outer) => Some(outer.field.field.kind),
            Expr::Value(value) => Some(value.kind()),
            Expr::Count(_) => Some(ValueKind::I64),
            Expr::Constant(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Xor(_)
            | Expr::Not(_)
            | Expr::IsNotTrue(_)
            | Expr::IsTrue(_)
            | Expr::Comparison(_)
            | Expr::IsNull(_)
            | Expr::InList(_)
            | Expr::InTuples(_)
            | Expr::InSubquery(_)
            | Expr::Exists(_)
            | Expr::Between(_)
            | Expr::TextMatch(_)
            | Expr::Regex(_) => Some(ValueKind::Bool),
            Expr::Arithmetic(arithmetic) => Expr::operands_kind(&arithmetic.left, &arithmetic.right),
            Expr::Negate(inner) => inner.kind(),
            Expr::Collate(collate) => collate.expr.kind(),
            Expr::Function(call) => Some(call.result.kind),
            Expr::Case(case) => Some(case.result.kind),
            Expr::Cast(cast) => Some(cast.result.kind),
            Expr::Aggregate(aggregate) => Some(aggregate.result.kind),
            Expr::Window(window) => Some(window.result.kind),
            Expr::Subquery(subquery) => Some(subquery.result.kind),
            Expr::Raw(raw) => Some(raw.result.kind),
            Expr::Derived(derived) => Some(derived.result.kind),
            Expr::Selected(_) | Expr::Invalid(_) | Expr::Mistaken(_) | Expr::TooDeep => None,
        }
    }

    /// The kind of what is calculated with: the left side's.
    pub fn operands_kind(left: &Expr, right: &Expr) -> Option<ValueKind> {
        match left {
            // A literal takes the kind of what it stands beside; but what is added to a time is a length of time.
            Expr::Value(value) if !value.kind().is_temporal() => right.kind().or(Some(value.kind())),
            left => left.kind(),
        }
    }

    /// Whether it can be NULL.
    pub fn is_nullable(&self) -> bool {
        match self {
            Expr::Column(column) => column.nullable,
            Expr::Field(_)
            | Expr::Joined(_)
            | Expr::Outer(_)
            | Expr::Selected(_)
            | Expr::Invalid(_)
            | Expr::Mistaken(_)
            | Expr::TooDeep => true,
            Expr::Value(value) => matches!(value, Value::Null(_)),
            Expr::Constant(_)
            | Expr::Count(_)
            | Expr::IsNull(_)
            | Expr::IsNotTrue(_)
            | Expr::IsTrue(_)
            | Expr::Exists(_) => false,
            Expr::InList(list) => !list.values.is_empty() && list.expr.is_nullable(),
            Expr::InTuples(list) => {
                list.columns.iter().any(|column| !column.is_empty())
                    && list.exprs.iter().any(Expr::is_nullable)
            }
            Expr::InSubquery(membership) => membership.nullable || membership.expr.is_nullable(),
            Expr::Function(call) => call.result.nullable,
            Expr::Case(case) => case.result.nullable,
            Expr::Collate(collate) => collate.expr.is_nullable(),
            Expr::Cast(cast) => cast.result.nullable || cast.expr.is_nullable(),
            Expr::Aggregate(aggregate) => aggregate.result.nullable,
            Expr::Window(window) => {
                window.result.nullable
                    || matches!(&window.call, WindowCall::Aggregate(aggregate) if aggregate.result.nullable)
            }
            Expr::Subquery(subquery) => subquery.result.nullable,
            Expr::Raw(raw) => raw.result.nullable,
            Expr::Derived(derived) => derived.result.nullable,
            Expr::Arithmetic(arithmetic) if arithmetic.op.divides() => true,
            Expr::And(_)
            | Expr::Or(_)
            | Expr::Xor(_)
            | Expr::Not(_)
            | Expr::Comparison(_)
            | Expr::Between(_)
            | Expr::TextMatch(_)
            | Expr::Regex(_)
            | Expr::Arithmetic(_)
            | Expr::Negate(_) => {
                let mut nullable = false;
                self.for_each_operand(&mut |operand| nullable = nullable || operand.is_nullable());
                nullable
            }
        }
    }
}
