//! Values out of JSON documents, and changed documents.

use rust_decimal::Decimal;

use crate::ast::{Function, JsonFunction, Node, ResultType};
use crate::queryset::expression::{Base, Expr, Expression};
use crate::queryset::lookup::JsonType;
use crate::queryset::operand::Operand;
use crate::queryset::scope::Beside;
use crate::value::{SqlType, Value, ValueKind};

/// A document's value as a type.
pub(in crate::queryset) fn typed_json(function: JsonFunction, document: Node) -> Node {
    let kind = match function {
        JsonFunction::Text => ValueKind::Text,
        JsonFunction::I64 | JsonFunction::Length => ValueKind::I64,
        JsonFunction::F64 => ValueKind::F64,
        JsonFunction::Decimal => ValueKind::Decimal,
        JsonFunction::Bool
        | JsonFunction::IsNull
        | JsonFunction::HasKeys
        | JsonFunction::HasAnyKey
        | JsonFunction::Contains
        | JsonFunction::ContainedBy => ValueKind::Bool,
        JsonFunction::Get
        | JsonFunction::Object
        | JsonFunction::Array
        | JsonFunction::SetKey
        | JsonFunction::RemoveKey => ValueKind::Json,
    };
    Node::function(Function::Json(function), vec![document], ResultType { kind, nullable: true })
}

fn typed<E: Expression, T>(document: E, function: JsonFunction) -> Expr<E::Scope, Option<T>> {
    Expr::new(typed_json(function, document.into_node()))
}

fn changed<S, T: SqlType>(function: JsonFunction, args: Vec<Node>) -> Expr<S, T> {
    Expr::new(Node::function(Function::Json(function), args, super::super::expression::result_of::<T>()))
}

/// Functions of JSON documents. A value of another JSON type than asked for is NULL, never an error.
pub trait JsonFunctions: Expression {
    /// A JSON string as text; NULL for anything else.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let brands: Vec<Option<String>> =
    ///     Product::objects().order_by(|p| p.data.key("brand").as_text()).values(|p| p.data.key("brand").as_text()).all(&db).await?;
    /// assert_eq!(brands, [Some("Acme".into()), Some("Bowl".into()), Some("acme".into())]);
    /// # Ok(()) }) }
    /// ```
    fn as_text(self) -> Expr<Self::Scope, Option<String>>
    where
        Base<Self>: JsonType,
    {
        typed(self, JsonFunction::Text)
    }

    /// A JSON number without a fraction, also spelt `1.0`, that fits; NULL for anything else.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let watts = Product::objects().order_by(|p| p.id).values(|p| p.data.key("watts").as_i64()).all(&db).await?;
    /// assert_eq!(watts, [Some(2000), None, None]);
    /// # Ok(()) }) }
    /// ```
    fn as_i64(self) -> Expr<Self::Scope, Option<i64>>
    where
        Base<Self>: JsonType,
    {
        typed(self, JsonFunction::I64)
    }

    /// A JSON number in double precision; NULL for anything else.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let height = Product::objects().pk(1).values(|p| p.data.path(["size", "cm"]).index(1).as_f64()).get(&db).await?;
    /// assert_eq!(height, Some(30.5));
    /// # Ok(()) }) }
    /// ```
    fn as_f64(self) -> Expr<Self::Scope, Option<f64>>
    where
        Base<Self>: JsonType,
    {
        typed(self, JsonFunction::F64)
    }

    /// A JSON boolean; NULL for anything else.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// Product::objects().pk(2).update(&db, |p| p.data.set(json!({"sold": true}))).await?;
    /// assert_eq!(Product::objects().filter(|p| p.data.key("sold").as_bool()).get(&db).await?.name, "cup");
    /// # Ok(()) }) }
    /// ```
    fn as_bool(self) -> Expr<Self::Scope, Option<bool>>
    where
        Base<Self>: JsonType,
    {
        typed(self, JsonFunction::Bool)
    }

    /// A JSON number as a decimal, to 28 places; NULL for anything else, and for numbers from 10^28 on.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let height = Product::objects().pk(1).values(|p| p.data.path(["size", "cm"]).index(1).as_decimal()).get(&db).await?;
    /// assert_eq!(height, Some(Decimal::new(305, 1)));
    /// # Ok(()) }) }
    /// ```
    fn as_decimal(self) -> Expr<Self::Scope, Option<Decimal>>
    where
        Base<Self>: JsonType,
    {
        typed(self, JsonFunction::Decimal)
    }

    /// The number of an array's elements; NULL for anything else.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let tags = Product::objects().order_by(|p| p.id).values(|p| p.data.key("tags").json_length()).all(&db).await?;
    /// assert_eq!(tags, [Some(2), Some(1), Some(0)]);
    /// # Ok(()) }) }
    /// ```
    fn json_length(self) -> Expr<Self::Scope, Option<i64>>
    where
        Base<Self>: JsonType,
    {
        typed(self, JsonFunction::Length)
    }

    /// The object with a key set to a value; anything else than an object as it is. NULL becomes JSON's null.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// Product::objects().pk(3).update(&db, |p| p.data.set(p.data.set_key("label", p.name).set_key("watts", 0))).await?;
    /// let spoon = Product::objects().pk(3).get(&db).await?;
    /// assert_eq!(spoon.data, json!({"brand": "acme", "tags": [], "label": "spoon", "watts": 0}));
    /// # Ok(()) }) }
    /// ```
    fn set_key<V>(
        self,
        key: impl Into<String>,
        value: V,
    ) -> Expr<<V::Scope as Beside<Self::Scope>>::Joined, Self::Type>
    where
        Base<Self>: JsonType,
        V: Operand<Scope: Beside<Self::Scope>>,
    {
        let key = Node::value(Ok(Value::Text(key.into())));
        changed(JsonFunction::SetKey, vec![self.into_node(), key, value.into_node_alone()])
    }

    /// The object without a key; anything else than an object as it is.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// Product::objects().update(&db, |p| p.data.set(p.data.remove_key("tags").remove_key("size"))).await?;
    /// assert_eq!(Product::objects().pk(1).get(&db).await?.data, json!({"brand": "Acme", "watts": 2000}));
    /// # Ok(()) }) }
    /// ```
    fn remove_key(self, key: impl Into<String>) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: JsonType,
    {
        let key = Node::value(Ok(Value::Text(key.into())));
        changed(JsonFunction::RemoveKey, vec![self.into_node(), key])
    }
}

impl<E: Expression> JsonFunctions for E {}
