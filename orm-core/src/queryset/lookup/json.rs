//! Lookups of JSON documents: paths into them, containment, keys.

use std::fmt::Debug;

use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value as JsonValue};

use super::json_path::JsonPath;
use crate::ast::{Function, JsonFunction, Node, ResultType};
use crate::error::ValueError;
use crate::model::{Column, Declaration, Path, TypeOf};
use crate::queryset::expression::{Base, Expr, Expression, Predicate};
use crate::queryset::field::Field;
use crate::queryset::into_expr::IntoExpr;
use crate::value::{FieldType, Json, Required, SqlType, Value, ValueKind};

/// Types stored as a JSON document.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a JSON document",
    label = "this looks into a JSON document",
    note = "such fields are `serde_json::Value` or `Json<T>`"
)]
pub trait JsonType {}

impl JsonType for JsonValue {}
impl<T> JsonType for Json<T> {}

/// A step into a document: a key of an object, or an index of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonStep {
    /// The member with this name; any text is a name.
    Key(String),
    /// The element at this place, counted from 0.
    Index(u32),
}

impl From<&str> for JsonStep {
    fn from(key: &str) -> Self {
        JsonStep::Key(key.to_owned())
    }
}

impl From<String> for JsonStep {
    fn from(key: String) -> Self {
        JsonStep::Key(key)
    }
}

impl From<u32> for JsonStep {
    fn from(index: u32) -> Self {
        JsonStep::Index(index)
    }
}

impl JsonStep {
    fn into_value(self) -> Value {
        match self {
            JsonStep::Key(key) => Value::Text(key),
            JsonStep::Index(index) => Value::I64(index.into()),
        }
    }
}

/// A constant that is compared with a JSON document: a document, or a boolean, number or text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a JSON document",
    label = "expected a `serde_json::Value`, a `Json<T>`, a boolean, a number or text"
)]
pub trait JsonConstant {
    /// The document.
    ///
    /// # Errors
    /// JSON has no such value.
    fn into_document(self) -> Result<Value, ValueError>;
}

#[diagnostic::do_not_recommend]
impl JsonConstant for JsonValue {
    fn into_document(self) -> Result<Value, ValueError> {
        FieldType::into_value(self)
    }
}

macro_rules! constants {
    ($([$($generics:tt)*] $type:ty: |$value:ident| $convert:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> JsonConstant for $type {
            fn into_document(self) -> Result<Value, ValueError> {
                let $value = self;
                $convert
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, $($generics)*> IntoExpr<JsonValue, S> for $type {
            type Null = Required;
            type Scope = S;

            fn into_operand(self) -> Node {
                Node::value(self.into_document())
            }
        }
    )*};
}

fn constant(value: impl Into<JsonValue>) -> Result<Value, ValueError> {
    FieldType::into_value(value.into())
}

fn float(number: f64, kind: &'static str) -> Result<Value, ValueError> {
    constant(Number::from_f64(number).ok_or(ValueError::NotFinite { kind })?)
}

constants! {
    [] bool: |value| constant(value);
    [] i16: |value| constant(value);
    [] i32: |value| constant(value);
    [] i64: |value| constant(value);
    [] u32: |value| constant(value);
    [] u64: |value| constant(value);
    [] f32: |value| float(value.into(), "f32");
    [] f64: |value| float(value, "f64");
    // All its digits, which a float has not.
    [] Decimal: |value| Ok(Value::Json(value.normalize().to_string()));
    [] &str: |value| constant(value);
    [] &String: |value| constant(value.as_str());
    [] String: |value| constant(value);
    [T: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static] Json<T>:
        |value| FieldType::into_value(value);
}

/// A typed document is compared with one of its type, or with any other.
macro_rules! typed {
    ($($from:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, T> IntoExpr<Json<T>, S> for $from
        where
            T: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static,
        {
            type Null = Required;
            type Scope = S;

            fn into_operand(self) -> Node {
                Node::value(FieldType::into_value(self))
            }
        }
    )*};
}

typed!(Json<T>, JsonValue);

/// A condition on a document.
pub(super) fn condition<S>(function: JsonFunction, args: Vec<Node>, nullable: bool) -> Predicate<S> {
    Expr::new(Node::function(Function::Json(function), args, ResultType { kind: ValueKind::Bool, nullable }))
}

fn keys<E: Expression>(
    function: JsonFunction,
    document: E,
    keys: impl IntoIterator<Item = impl Into<String>>,
) -> Predicate<E::Scope> {
    let mut args = vec![document.into_node()];
    args.extend(keys.into_iter().map(|key| Node::value(Ok(Value::Text(key.into())))));
    condition(function, args, E::Type::NULLABLE)
}

/// Does `outer` contain `inner`? For all that has a method of this name.
pub(super) fn contains<E, V>(outer: E, inner: V) -> Predicate<V::Scope>
where
    E: Expression,
    V: IntoExpr<JsonValue, E::Scope>,
{
    condition(JsonFunction::Contains, vec![outer.into_node(), inner.into_operand()], true)
}

/// Looks into JSON documents: dynamic ones (`serde_json::Value`) and typed ones (`Json<T>`).
///
/// Documents are equal (`eq`, `ne`, `is_in`) whatever the order of their keys and the spelling of their numbers: 1 is
/// 1.0. They have no order.
///
/// ```
/// # use orm_doc_models::shelf::*;
/// # fn main() -> orm::Result<()> { shelf(async |db| {
/// let named = |found: Vec<Product>| found.into_iter().map(|p| p.name).collect::<Vec<_>>();
///
/// let acme = Product::objects().filter(|p| p.data.key("brand").eq("Acme"));
/// assert_eq!(named(acme.all(&db).await?), ["kettle"]);
/// let strong = Product::objects().filter(|p| p.data.key("watts").gt(1_000));
/// assert_eq!(named(strong.all(&db).await?), ["kettle"]);
/// let blue = Product::objects().filter(|p| p.data.contains(json!({"tags": ["blue"]})));
/// assert_eq!(named(blue.all(&db).await?), ["cup"]);
/// # Ok(()) }) }
/// ```
pub trait JsonLookups: Expression {
    /// What an object has at a key; any text is a key. NULL where the key is missing, or there is no object.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let watts = Product::objects().order_by(|p| p.id).values(|p| p.data.key("watts")).all(&db).await?;
    /// assert_eq!(watts, [Some(json!(2000)), Some(JsonValue::Null), None]);
    /// # Ok(()) }) }
    /// ```
    fn key(self, key: impl Into<String>) -> JsonPath<Self::Scope>
    where
        Base<Self>: JsonType,
    {
        self.path([JsonStep::Key(key.into())])
    }

    /// What an array has at a place, counted from 0. NULL where there is nothing, or no array.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let first = Product::objects().filter(|p| p.data.key("tags").index(0).eq("steel")).get(&db).await?;
    /// assert_eq!(first.name, "kettle");
    /// # Ok(()) }) }
    /// ```
    fn index(self, index: u32) -> JsonPath<Self::Scope>
    where
        Base<Self>: JsonType,
    {
        self.path([JsonStep::Index(index)])
    }

    /// Several steps at once: keys, or [`JsonStep`]s where some are indexes.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let size = Product::objects().filter(|p| p.data.path(["size", "cm"]).eq(json!([20.0, 30.5])));
    /// assert_eq!(size.count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    fn path<I>(self, steps: I) -> JsonPath<Self::Scope>
    where
        Base<Self>: JsonType,
        I: IntoIterator<Item: Into<JsonStep>>,
    {
        let steps = steps.into_iter().map(|step| step.into().into_value());
        JsonPath::new(self.into_node().json_path(steps))
    }

    /// JSON's own null. A missing key is not that, but NULL: `is_null`.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let unknown = Product::objects().filter(|p| p.data.key("watts").is_json_null());
    /// assert_eq!(unknown.get(&db).await?.name, "cup");
    /// let missing = Product::objects().filter(|p| p.data.key("watts").is_null());
    /// assert_eq!(missing.get(&db).await?.name, "spoon");
    /// # Ok(()) }) }
    /// ```
    fn is_json_null(self) -> Predicate<Self::Scope>
    where
        Base<Self>: JsonType,
    {
        condition(JsonFunction::IsNull, vec![self.into_node()], Self::Type::NULLABLE)
    }

    /// An object with this key, whatever is there.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.has_key("watts")).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    fn has_key(self, key: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: JsonType,
    {
        keys(JsonFunction::HasKeys, self, [key.into()])
    }

    /// An object with all of these keys.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.has_keys(["watts", "size"])).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    fn has_keys<I>(self, list: I) -> Predicate<Self::Scope>
    where
        Base<Self>: JsonType,
        I: IntoIterator<Item: Into<String>>,
    {
        keys(JsonFunction::HasKeys, self, list)
    }

    /// An object with one of these keys.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// assert_eq!(Product::objects().filter(|p| p.data.has_any_keys(["size", "watts"])).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    fn has_any_keys<I>(self, list: I) -> Predicate<Self::Scope>
    where
        Base<Self>: JsonType,
        I: IntoIterator<Item: Into<String>>,
    {
        keys(JsonFunction::HasAnyKey, self, list)
    }

    /// Contained in another document: the opposite of `contains`.
    ///
    /// MySQL and MariaDB take only a constant here.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let plain = Product::objects().filter(|p| p.data.key("tags").contained_by(json!(["steel", "blue"])));
    /// assert_eq!(plain.count(&db).await?, 2);   // the cup, and the spoon, which has none
    /// # Ok(()) }) }
    /// ```
    fn contained_by<V>(self, other: V) -> Predicate<V::Scope>
    where
        Base<Self>: JsonType,
        V: IntoExpr<JsonValue, Self::Scope>,
    {
        condition(JsonFunction::ContainedBy, vec![self.into_node(), other.into_operand()], true)
    }
}

impl<E: Expression> JsonLookups for E {}

/// Text has a method of this name, too; inherent ones come first.
impl<P, C> Field<P, C>
where
    P: Path,
    C: Column<Is: Declaration<Model = P::Target>>,
    <P::Apply<TypeOf<C>> as SqlType>::Base: JsonType,
{
    /// Contains another document, as PostgreSQL's `@>` means it on every database: each member of an object is contained
    /// in the member of that name, each element of an array in some element; at the top an array also contains a scalar
    /// that is one of its elements.
    ///
    /// MySQL and MariaDB take only a constant here.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let steel = Product::objects().filter(|p| p.data.contains(json!({"brand": "Acme", "tags": ["steel"]})));
    /// assert_eq!(steel.get(&db).await?.name, "kettle");
    /// # Ok(()) }) }
    /// ```
    pub fn contains<V: IntoExpr<JsonValue, P::Root>>(self, other: V) -> Predicate<V::Scope> {
        contains(self, other)
    }
}

impl<S, T: SqlType<Base: JsonType>> Expr<S, T> {
    /// Contains another document, as PostgreSQL's `@>` means it.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let blue = Product::objects().filter(|p| p.data.set_key("extra", 1).contains(json!({"extra": 1})));
    /// assert_eq!(blue.count(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    pub fn contains<V: IntoExpr<JsonValue, S>>(self, other: V) -> Predicate<V::Scope> {
        contains(self, other)
    }
}
