//! JSON documents made of values: `json_object()`, `json_array()`.

use std::marker::PhantomData;

use serde_json::Value as JsonValue;

use crate::ast::{Function, JsonFunction, Node};
use crate::queryset::expression::result_of;
use crate::queryset::lookup::json_expression;
use crate::queryset::operand::Operand;
use crate::queryset::scope::{Beside, Free};
use crate::value::{Required, Value};

/// A JSON object in the making: [`json_object`].
#[must_use = "an object does nothing until a queryset uses it"]
pub struct JsonObject<S> {
    members: Vec<Node>,
    marker: PhantomData<fn() -> S>,
}

/// A JSON array in the making: [`json_array`].
#[must_use = "an array does nothing until a queryset uses it"]
pub struct JsonArray<S> {
    elements: Vec<Node>,
    marker: PhantomData<fn() -> S>,
}

/// A JSON object of values and expressions, up to 50: Django's `JSONObject`.
///
/// Numbers, decimals too, are JSON numbers; dates and times are ISO texts with six digits behind the second, instants
/// end with `Z`; UUIDs are texts, documents parts of the document. NULL is JSON's null. Bytes and durations have no form
/// of their own in JSON and are refused.
///
/// ```
/// # use orm_doc_models::shelf::*;
/// # fn main() -> orm::Result<()> { shelf(async |db| {
/// let cards: Vec<JsonValue> = Product::objects()
///     .filter(|p| p.id.lt(3))
///     .order_by(|p| p.id)
///     .values(|p| json_object().with("id", p.id).with("name", p.name).with("watts", p.data.key("watts").as_i64()))
///     .all(&db)
///     .await?;
/// assert_eq!(cards[0], json!({"id": 1, "name": "kettle", "watts": 2000}));
/// assert_eq!(cards[1], json!({"id": 2, "name": "cup", "watts": null}));
/// # Ok(()) }) }
/// ```
pub fn json_object() -> JsonObject<Free> {
    JsonObject { members: Vec::new(), marker: PhantomData }
}

/// A JSON array of values and expressions, up to 50, as [`json_object`] writes them: Django's `JSONArray`.
///
/// ```
/// # use orm_doc_models::shelf::*;
/// # fn main() -> orm::Result<()> { shelf(async |db| {
/// let pair = Product::objects().pk(1).values(|p| json_array().with(p.name).with(p.data.key("tags"))).get(&db).await?;
/// assert_eq!(pair, json!(["kettle", ["steel", "fast"]]));
/// # Ok(()) }) }
/// ```
pub fn json_array() -> JsonArray<Free> {
    JsonArray { elements: Vec::new(), marker: PhantomData }
}

impl<S> JsonObject<S> {
    /// A further member; of a name given twice the last counts.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let cup = Product::objects().pk(2).values(|p| json_object().with("cup", p.name.eq("cup"))).get(&db).await?;
    /// assert_eq!(cup, json!({"cup": true}));
    /// # Ok(()) }) }
    /// ```
    pub fn with<V>(mut self, key: impl Into<String>, value: V) -> JsonObject<<V::Scope as Beside<S>>::Joined>
    where
        V: Operand<Scope: Beside<S>>,
    {
        let key = key.into();
        // Servers do not agree which of two counts.
        let known = self.members.chunks(2).position(|member| {
            matches!(member, [Node { expr: crate::ast::Expr::Value(Value::Text(known)), .. }, _] if *known == key)
        });
        if let Some(at) = known {
            self.members.drain(at * 2..at * 2 + 2);
        }
        self.members.push(Node::value(Ok(Value::Text(key))));
        self.members.push(value.into_node_alone());
        JsonObject { members: self.members, marker: PhantomData }
    }
}

impl<S> JsonArray<S> {
    /// A further element.
    ///
    /// ```
    /// # use orm_doc_models::shelf::*;
    /// # fn main() -> orm::Result<()> { shelf(async |db| {
    /// let made = Product::objects().pk(2).values(|p| json_array().with(1).with("two").with(p.id)).get(&db).await?;
    /// assert_eq!(made, json!([1, "two", 2]));
    /// # Ok(()) }) }
    /// ```
    pub fn with<V>(mut self, value: V) -> JsonArray<<V::Scope as Beside<S>>::Joined>
    where
        V: Operand<Scope: Beside<S>>,
    {
        self.elements.push(value.into_node_alone());
        JsonArray { elements: self.elements, marker: PhantomData }
    }
}

fn made(function: JsonFunction, args: Vec<Node>) -> Node {
    Node::function(Function::Json(function), args, result_of::<JsonValue>())
}

json_expression!(JsonObject, JsonValue, Required, |object| made(JsonFunction::Object, object.members));
json_expression!(JsonArray, JsonValue, Required, |array| made(JsonFunction::Array, array.elements));
