//! Rows whose columns are chosen at run time, by name: for tools that work on any model.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::QuerySet;
use super::by_name::path::{not_in_row, unknown};
use super::expression::own_field;
use super::shape::{ModelShape, Shape, repeatable};
use crate::backend::Decode;
use crate::error::{Error, FieldError, Result, ValueError};
use crate::model::Model;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{HeldRow, Row, SqlType, Value};

/// A row of fields that were chosen by their names: of [`QuerySet::rows_by_name`].
///
/// serde writes it as a map from names to values.
#[derive(Clone, Debug, PartialEq)]
pub struct RowByName {
    model: &'static ModelMeta,
    fields: Arc<[&'static FieldMeta]>,
    values: Vec<Value>,
}

impl RowByName {
    /// The value of a field as a `T`.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when the row has no such field; its value is no `T`.
    pub fn get<T: SqlType>(&self, name: &str) -> Result<T> {
        let at = self.fields.iter().position(|field| field.name == name);
        let at =
            at.ok_or_else(|| not_in_row(self.model, name, self.fields.iter().map(|field| field.name)))?;
        let field = self.fields[at];
        T::from_row(&mut HeldRow(&self.values), at)
            .map_err(|error| FieldError::new(field.model, field.name, error).into())
    }

    /// The value of a field, if the row has it.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// The names and values, in the order asked for.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'static str, &Value)> {
        self.fields.iter().map(|field| field.name).zip(&self.values)
    }
}

impl Serialize for RowByName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Rows of some fields of `M`, by name.
pub struct ByName<M> {
    fields: Arc<[&'static FieldMeta]>,
    marker: PhantomData<fn() -> M>,
}

impl<M> Clone for ByName<M> {
    fn clone(&self) -> Self {
        ByName { fields: Arc::clone(&self.fields), marker: PhantomData }
    }
}

impl<M: Model> Decode for ByName<M> {
    type Out = RowByName;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<RowByName> {
        self.read(row, 0)
    }
}

impl<M: Model> Shape for ByName<M> {
    type Model = M;

    fn width(&self) -> usize {
        self.fields.len()
    }

    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<RowByName> {
        let values = self
            .fields
            .iter()
            .enumerate()
            .map(|(offset, field)| match Value::from_row(row, at + offset, field.kind) {
                Ok(value) if value.is_null() && !field.nullable => {
                    Err(FieldError::new(field.model, field.name, ValueError::UnexpectedNull).into())
                }
                Ok(value) => Ok(value),
                Err(error) => Err(FieldError::new(field.model, field.name, error).into()),
            })
            .collect::<Result<Vec<Value>>>()?;
        Ok(RowByName { model: M::META, fields: Arc::clone(&self.fields), values })
    }
}

repeatable! {
    [M] ByName<M>;
}

impl<M: Model, S: ModelShape<Model = M>> QuerySet<M, S> {
    /// Rows of the fields with these names, which are chosen at run time: for exports, admin pages and other tools.
    /// Names are looked up among the model's fields and never become SQL; an unknown one is reported by the terminal
    /// method as [`Error::UnknownName`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let rows = Post::objects().order_by(|p| p.id).rows_by_name(["title", "views"]).all(&db).await?;
    /// assert_eq!(rows[0].get::<String>("title")?, "Hello");
    /// assert_eq!(orm::serde_json::to_string(&rows[0]).unwrap(), r#"{"title":"Hello","views":120}"#);
    ///
    /// let unknown = Post::objects().rows_by_name(["titel"]).all(&db).await;
    /// assert_eq!(unknown.unwrap_err().to_string(), "Post has no `titel`; did you mean `title`?");
    /// # Ok(()) }) }
    /// ```
    pub fn rows_by_name<N: AsRef<str>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> QuerySet<M, ByName<M>> {
        let mut fields: Vec<&'static FieldMeta> = Vec::new();
        for name in names {
            let name = name.as_ref();
            match M::META.field(name) {
                Some(field) if fields.contains(&field) => self.query.fail(Error::InvalidQuery(
                    format!("`{}.{}` is named twice in `rows_by_name`", field.model, field.name).into(),
                )),
                Some(field) => fields.push(field),
                None => self.query.fail(unknown(M::META, name)),
            }
        }
        if fields.is_empty() {
            self.query.fail(Error::InvalidQuery("`rows_by_name` was given no names".into()));
        }
        self.query.values(fields.iter().copied().map(own_field).collect());
        QuerySet { query: self.query, shape: ByName { fields: fields.into(), marker: PhantomData } }
    }
}
