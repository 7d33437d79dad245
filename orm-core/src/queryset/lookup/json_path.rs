//! `JsonPath`: a part of a JSON document, and the lookups of what is there.

use std::marker::PhantomData;

use rust_decimal::Decimal;
use serde_json::Value as JsonValue;

use super::json::{JsonConstant, contains};
use super::text::TextLookups;
use crate::ast::{CompareOp, JsonFunction, Node};
use crate::queryset::expression::{Expr, Predicate};
use crate::queryset::functions::JsonFunctions;
use crate::queryset::into_expr::IntoExpr;
use crate::value::Value;

/// What a JSON document has at a path, or NULL. Made by [`JsonLookups`](super::JsonLookups).
#[must_use = "a path does nothing until a queryset uses it"]
pub struct JsonPath<S> {
    node: Node,
    marker: PhantomData<fn() -> S>,
}

impl<S> JsonPath<S> {
    pub(super) fn new(node: Node) -> Self {
        JsonPath { node, marker: PhantomData }
    }
}

impl<S> Clone for JsonPath<S> {
    fn clone(&self) -> Self {
        JsonPath::new(self.node.clone())
    }
}

/// Makes an expression of a type that is a document over rows of its parameter. Not an order: documents have none.
macro_rules! json_expression {
    ($name:ident, $type:ty, $null:ty, |$this:ident| $node:expr) => {
        impl<S> $crate::queryset::expression::Sealed for $name<S> {}

        impl<S> $crate::queryset::Expression for $name<S> {
            type Scope = S;
            type Type = $type;

            fn into_node(self) -> $crate::ast::Node {
                let $this = self;
                $node
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, X: $crate::queryset::scope::Beside<S>> $crate::queryset::IntoExpr<serde_json::Value, S>
            for $name<X>
        {
            type Null = $null;
            type Scope = X::Joined;

            fn into_operand(self) -> $crate::ast::Node {
                $crate::queryset::Expression::into_node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, X> $crate::queryset::SelectableOne<S> for $name<X>
        where
            X: $crate::queryset::scope::Within<$crate::queryset::scope::Windowed<S>>,
        {
            type Type = $type;
            type Scope = X;

            fn into_selected(self) -> $crate::ast::Node {
                $crate::queryset::Expression::into_node(self)
            }
        }

        $crate::queryset::selection::single! {
            [X] $name<X>;
        }
    };
}
pub(crate) use json_expression;

json_expression!(JsonPath, Option<JsonValue>, crate::value::Optional, |path| path.node);

/// What a value in a document is ordered against: a number, or text.
#[diagnostic::on_unimplemented(
    message = "a value in a JSON document cannot be ordered against `{Self}`",
    label = "expected a number or text",
    note = "to compare with an expression, say what the value is: `p.data.key(\"a\").as_i64().gt(p.views)`"
)]
pub trait JsonScalar {
    /// What the document's value is read as, and the constant.
    fn into_comparison(self) -> (JsonFunction, Value);
}

macro_rules! scalars {
    ($($type:ty: $function:ident, |$value:ident| $convert:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl JsonScalar for $type {
            fn into_comparison(self) -> (JsonFunction, Value) {
                let $value = self;
                (JsonFunction::$function, $convert)
            }
        }
    )*};
}

scalars! {
    i16: F64, |value| Value::F64(value.into());
    i32: F64, |value| Value::F64(value.into());
    u32: F64, |value| Value::F64(value.into());
    f32: F64, |value| Value::F64(value.into());
    f64: F64, |value| Value::F64(value);
    Decimal: Decimal, |value| Value::Decimal(value);
    &str: Text, |value| Value::Text(value.to_owned());
    &String: Text, |value| Value::Text(value.clone());
    String: Text, |value| Value::Text(value);
}

/// Integers that double precision holds are compared in it, larger ones as decimals.
fn integer<T: Copy + Into<Decimal> + TryInto<i64>>(value: T) -> (JsonFunction, Value) {
    const EXACT: i64 = 1 << 53;
    match value.try_into() {
        #[expect(clippy::cast_precision_loss, reason = "every integer up to 2^53 is a double")]
        Ok(small) if (-EXACT..=EXACT).contains(&small) => (JsonFunction::F64, Value::F64(small as f64)),
        _ => (JsonFunction::Decimal, Value::Decimal(value.into())),
    }
}

#[diagnostic::do_not_recommend]
impl JsonScalar for i64 {
    fn into_comparison(self) -> (JsonFunction, Value) {
        integer(self)
    }
}

#[diagnostic::do_not_recommend]
impl JsonScalar for u64 {
    fn into_comparison(self) -> (JsonFunction, Value) {
        integer(self)
    }
}

fn typed(path: Node, function: JsonFunction) -> Node {
    crate::queryset::functions::typed_json(function, path)
}

/// The lookups of text are those of [`as_text`](JsonFunctions::as_text), under the same names.
impl<S> JsonPath<S> {
    fn compare<V: JsonScalar>(self, op: CompareOp, value: V) -> Predicate<S> {
        let (function, value) = value.into_comparison();
        Expr::new(typed(self.node, function).compare(op, Node::value(Ok(value))))
    }

    /// Greater: a number than a number, text than text. Anything else does not match.
    ///
    /// Numbers are compared in double precision; with a `Decimal`, or an integer beyond 2^53, as decimals, where numbers
    /// from 10^28 on do not match.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("watts").gt(1_999.5)).count(&db).await?, 1);
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").gt("B")).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn gt<V: JsonScalar>(self, value: V) -> Predicate<S> {
        self.compare(CompareOp::Gt, value)
    }

    /// Greater or equal; as [`JsonPath::gt`].
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("watts").ge(2_000)).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn ge<V: JsonScalar>(self, value: V) -> Predicate<S> {
        self.compare(CompareOp::Ge, value)
    }

    /// Less; as [`JsonPath::gt`].
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("watts").lt(2_000)).count(&db).await?, 0);
    /// # Ok(()) }) }
    /// ```
    pub fn lt<V: JsonScalar>(self, value: V) -> Predicate<S> {
        self.compare(CompareOp::Lt, value)
    }

    /// Less or equal; as [`JsonPath::gt`].
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("watts").le(2_000_i64)).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn le<V: JsonScalar>(self, value: V) -> Predicate<S> {
        self.compare(CompareOp::Le, value)
    }

    /// In a closed range; as [`JsonPath::gt`].
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("watts").between(1_000, 3_000)).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn between<V: JsonScalar>(self, low: V, high: V) -> Predicate<S> {
        Expr::new(self.clone().ge(low).node.and(self.le(high).node))
    }

    /// Equal to one of several documents, booleans, numbers or texts.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").is_in(["Acme", "Bowl"])).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn is_in<I>(self, values: I) -> Predicate<S>
    where
        I: IntoIterator<Item: JsonConstant>,
    {
        let values = values.into_iter().map(JsonConstant::into_document).collect();
        Expr::new(self.node.in_list(values))
    }

    /// Contains another document, as PostgreSQL's `@>` means it. For text see `as_text().contains(…)`.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("tags").contains("fast")).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn contains<V: IntoExpr<JsonValue, S>>(self, other: V) -> Predicate<V::Scope> {
        contains(self, other)
    }

    /// Text that contains `text`, in any case.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").icontains("CM")).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn icontains(self, text: impl Into<String>) -> Predicate<S> {
        TextLookups::icontains(self.as_text(), text.into())
    }

    /// Text that starts with `text`.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").startswith("A")).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn startswith(self, text: impl Into<String>) -> Predicate<S> {
        TextLookups::startswith(self.as_text(), text.into())
    }

    /// Text that starts with `text`, in any case.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").istartswith("A")).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn istartswith(self, text: impl Into<String>) -> Predicate<S> {
        TextLookups::istartswith(self.as_text(), text.into())
    }

    /// Text that ends with `text`.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").endswith("me")).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn endswith(self, text: impl Into<String>) -> Predicate<S> {
        TextLookups::endswith(self.as_text(), text.into())
    }

    /// Text that ends with `text`, in any case.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").iendswith("ME")).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn iendswith(self, text: impl Into<String>) -> Predicate<S> {
        TextLookups::iendswith(self.as_text(), text.into())
    }

    /// Text that equals `text`, in any case.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").iexact("ACME")).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn iexact(self, text: impl Into<String>) -> Predicate<S> {
        TextLookups::iexact(self.as_text(), text.into())
    }

    /// Text that matches a regular expression somewhere.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").regex("^[A-Z]c")).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn regex(self, pattern: impl Into<String>) -> Predicate<S> {
        TextLookups::regex(self.as_text(), pattern.into())
    }

    /// Text that matches a regular expression somewhere, in any case.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.key("brand").iregex("^[A-Z]c")).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn iregex(self, pattern: impl Into<String>) -> Predicate<S> {
        TextLookups::iregex(self.as_text(), pattern.into())
    }
}
