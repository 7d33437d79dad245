//! Fixtures: rows in a file, by the names of models and fields.

use std::future::Future;
use std::path::Path;

use chrono::SubsecRound;
use serde_json::{Map, Value as Json};

use super::fixture_order::{Planned, in_order};
use crate::ast::{Insert, ModelEntry, NewRows, Returning};
use crate::backend::{Block, Executor};
use crate::compile::{Operation, compile_insert};
use crate::error::{FieldError, FixtureError, Result, ValueError};
use crate::exec::delete::time_of;
use crate::exec::run::execute;
use crate::queryset::{NamedValue, fitted};
use crate::schema::{FieldMeta, Generated, Link, ModelMeta, RelationMeta};
use crate::value::{Value, ValueKind};

/// Rows of models, read from a file or a text: a list of rows for each model, by its name, and in each row values by the
/// names of fields.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let fixture = orm::testing::Fixture::from_json(
///     r#"{
///         "Post": [{ "title": "Hello again", "author": 70, "views": 3 }],
///         "User": [{ "id": 70, "username": "eve" }]
///     }"#,
/// )?;
/// fixture.load(&db, models![User, Post]).await?;
/// let post = Post::objects().filter(|p| p.author.username.eq("eve")).get(&db).await?;
/// assert_eq!(post.title, "Hello again");
/// # Ok(()) }) }
/// ```
///
/// A relation is given by the key that it stores, a many-to-many relation by the list of keys. What a row leaves out has
/// its default, or the time of the database's clock, or is NULL. Values are written as in
/// [`filter_by_name`](crate::queryset::QuerySet::filter_by_name); bytes are lists of numbers.
#[derive(Clone, Debug)]
pub struct Fixture {
    file: Option<String>,
    rows: Map<String, Json>,
}

impl Fixture {
    /// Reads a file, as TOML or JSON by its name's ending.
    ///
    /// # Errors
    /// [`Error::Fixture`](crate::Error::Fixture): there is no such file, or it cannot be read as what it is.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let read = || {
            let text = std::fs::read_to_string(path)
                .map_err(|error| FixtureError::new(format!("cannot be read: {error}")))?;
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("json") => json(&text),
                Some("toml") => toml_text(&text),
                _ => Err(FixtureError::new("a fixture's name ends with `.toml` or `.json`")),
            }
        };
        let rows = read().map_err(|error| error.in_file(Some(&file)))?;
        Ok(Fixture { file: Some(file), rows })
    }

    /// Reads JSON: an object with a list of rows for each model.
    ///
    /// # Errors
    /// [`Error::Fixture`](crate::Error::Fixture): it is something else.
    pub fn from_json(text: &str) -> Result<Self> {
        Ok(Fixture { file: None, rows: json(text)? })
    }

    /// Reads TOML: `[[Post]]` begins a row.
    ///
    /// # Errors
    /// [`Error::Fixture`](crate::Error::Fixture): it is something else.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self> {
        Ok(Fixture { file: None, rows: toml_text(text)? })
    }

    /// Inserts the rows, all or none. They may stand in any order: a row comes after those that it points at.
    ///
    /// # Errors
    /// [`Error::Fixture`](crate::Error::Fixture) with the place: a name is unknown, a value does not fit its field, a required one is missing, rows
    /// point at each other in a circle, or the database refuses.
    pub fn load<E: Executor>(
        &self,
        db: &E,
        models: &[ModelEntry],
    ) -> impl Future<Output = Result<()>> + Send {
        let planned = plan(&self.rows, models, db).map_err(|error| error.in_file(self.file.as_deref()));
        let file = self.file.clone();
        async move {
            let planned = planned?;
            let block = db.open_block(Operation::new("", "load")).await?;
            match insert(&block, planned).await {
                Ok(()) => block.commit_block().await,
                Err(error) => {
                    // Its own error is the one to report; what cannot be rolled back is closed, which does it too.
                    let _ = block.roll_back_block().await;
                    Err(error.in_file(file.as_deref()).into())
                }
            }
        }
    }
}

fn json(text: &str) -> Result<Map<String, Json>, FixtureError> {
    let document =
        serde_json::from_str(text).map_err(|error| FixtureError::new(format!("no JSON: {error}")))?;
    match document {
        Json::Object(rows) => Ok(rows),
        _ => Err(FixtureError::new("a fixture is an object: `{ \"Post\": [{ … }] }`")),
    }
}

#[cfg(not(feature = "toml"))]
fn toml_text(_text: &str) -> Result<Map<String, Json>, FixtureError> {
    Err(FixtureError::new("TOML needs the feature `toml` of `orm`"))
}

#[cfg(feature = "toml")]
fn toml_text(text: &str) -> Result<Map<String, Json>, FixtureError> {
    fn value(written: toml::Value) -> Json {
        match written {
            toml::Value::String(text) => Json::String(text),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(flag) => flag.into(),
            toml::Value::Datetime(time) => Json::String(time.to_string()),
            toml::Value::Array(values) => values.into_iter().map(value).collect(),
            toml::Value::Table(table) => Json::Object(rows(table)),
        }
    }
    fn rows(table: toml::Table) -> Map<String, Json> {
        table.into_iter().map(|(name, inner)| (name, value(inner))).collect()
    }
    let table = text.parse::<toml::Table>();
    table.map(rows).map_err(|error| FixtureError::new(format!("no TOML: {}", error.message())))
}

/// All rows, in the order in which they can be inserted.
fn plan(
    fixture: &Map<String, Json>,
    models: &[ModelEntry],
    db: &impl Executor,
) -> Result<Vec<Planned>, FixtureError> {
    let mut planned = Vec::new();
    for (name, rows) in fixture {
        let Some(entry) = models.iter().find(|entry| entry.meta.name == name) else {
            let known = listed(models.iter().map(|entry| entry.meta.name));
            let problem = format!("no such model is given to `load`; there are {known}");
            return Err(FixtureError::new(problem).of_model(name));
        };
        let Json::Array(rows) = rows else {
            return Err(FixtureError::new("expected a list of rows").of_model(name));
        };
        for (at, row) in rows.iter().enumerate() {
            let place = |error: FixtureError| error.at(name, at + 1);
            let Json::Object(row) = row else {
                return Err(place(FixtureError::new("a row is an object with the names of fields")));
            };
            let (own, links) = row_of(entry, row, db).map_err(place)?;
            let place = (name.as_str(), at + 1);
            planned.push(Planned::new(entry.meta, own, place));
            planned.extend(links.into_iter().map(|(meta, values)| Planned::new(meta, values, place)));
        }
    }
    let metas = models.iter().map(|entry| entry.meta);
    let between = models.iter().flat_map(|entry| entry.meta.between).map(|between| between());
    in_order(planned, metas.chain(between))
}

type Values = Vec<(&'static FieldMeta, Value)>;

/// The values of a row, and the rows that hold its many-to-many relations.
fn row_of(
    entry: &ModelEntry,
    row: &Map<String, Json>,
    db: &impl Executor,
) -> Result<(Values, Vec<(&'static ModelMeta, Values)>), FixtureError> {
    let meta = entry.meta;
    let mut values = Vec::with_capacity(meta.fields.len());
    for (at, field) in meta.fields.iter().enumerate() {
        let value = match row.get(field.name) {
            Some(_) if field.is_computed() => {
                Some(Err(FixtureError::new("the database calculates this field; leave it out")))
            }
            Some(document) => Some(value_of(field, document)),
            None => left_out(entry, at, field, db).transpose(),
        };
        if let Some(value) = value {
            values.push((field, value.map_err(|error| error.field(field.name))?));
        }
    }
    let mut links = Vec::new();
    for (name, document) in row.iter().filter(|(name, _)| meta.fields.iter().all(|field| field.name != *name))
    {
        let relation = meta.relations.iter().find(|relation| relation.name == name);
        let linked = match relation.map(|relation| relation.link) {
            Some(Link::Through { near, far }) => linked(near, far, &values, document),
            Some(Link::Stored { .. } | Link::Reverse(_)) => Err(FixtureError::new(
                "this is the other side of a relation; give it where the key is stored",
            )),
            None => {
                let known = listed(meta.fields.iter().map(|field| field.name));
                Err(FixtureError::new(format!("there is no such field; there are {known}")))
            }
        };
        links.extend(linked.map_err(|error| error.field(name))?);
    }
    Ok((values, links))
}

fn value_of(field: &'static FieldMeta, document: &Json) -> Result<Value, FixtureError> {
    if document.is_null() {
        return if field.nullable {
            Ok(Value::Null(field.kind))
        } else {
            Err(FixtureError::new("NULL is not allowed here"))
        };
    }
    match field.kind {
        ValueKind::Json => Ok(Value::Json(document.to_string())),
        ValueKind::Bytes => bytes_of(document)
            .ok_or_else(|| FixtureError::new("expected bytes, as a list of numbers from 0 to 255")),
        _ => fitted(field, NamedValue::Json(document.clone())).map_err(FixtureError::caused_by),
    }
}

fn bytes_of(document: &Json) -> Option<Value> {
    let bytes = document.as_array()?.iter().map(|byte| u8::try_from(byte.as_u64()?).ok());
    bytes.collect::<Option<Vec<u8>>>().map(Value::Bytes)
}

/// What a field gets that the row leaves out; nothing where the database gives it.
fn left_out(
    entry: &ModelEntry,
    at: usize,
    field: &'static FieldMeta,
    db: &impl Executor,
) -> Result<Option<Value>, FixtureError> {
    match field.generated {
        Some(Generated::Identity | Generated::Computed { .. }) => return Ok(None),
        Some(Generated::AutoNow | Generated::AutoNowAdd) => {
            return Ok(time_of(db.now().trunc_subsecs(6), field.kind));
        }
        Some(Generated::Version) => {
            return fitted(field, NamedValue::Json(1.into())).map(Some).map_err(FixtureError::caused_by);
        }
        None => {}
    }
    if let Some(value) = (entry.defaults)(at).map_err(|error| misfit(field, error))? {
        return Ok(Some(value));
    }
    match (field.db_default, field.nullable) {
        (Some(_), _) => Ok(None),
        (None, true) => Ok(Some(Value::Null(field.kind))),
        (None, false) => Err(FixtureError::new("this field is required")),
    }
}

fn misfit(field: &'static FieldMeta, error: ValueError) -> FixtureError {
    FixtureError::caused_by(FieldError::new(field.model, field.name, error).into())
}

/// The rows between a row and those that a many-to-many relation leads to.
fn linked(
    near: &'static RelationMeta,
    far: &'static RelationMeta,
    own: &Values,
    keys: &Json,
) -> Result<Vec<(&'static ModelMeta, Values)>, FixtureError> {
    let Json::Array(keys) = keys else {
        return Err(FixtureError::new("expected a list of keys"));
    };
    let mut held = Vec::new();
    for (field, target) in near.pairs() {
        let given = own.iter().find(|(field, _)| *field == target);
        let Some((_, value)) = given else {
            return Err(FixtureError::new("the row needs a key, by which it is found; give it"));
        };
        held.push((field, value.clone()));
    }
    let far_fields: Vec<_> = far.pairs().map(|(field, _)| field).collect();
    keys.iter()
        .map(|key| {
            let mut values = held.clone();
            match (far_fields.as_slice(), key) {
                ([field], key) => values.push((field, value_of(field, key)?)),
                (fields, Json::Array(parts)) if fields.len() == parts.len() => {
                    for (field, part) in fields.iter().zip(parts) {
                        values.push((field, value_of(field, part)?));
                    }
                }
                _ => return Err(FixtureError::new("a key of several fields is a list of their values")),
            }
            Ok(((near.from)(), values))
        })
        .collect()
}

async fn insert(block: &impl Executor, planned: Vec<Planned>) -> Result<(), FixtureError> {
    let dialect = block.dialect();
    let mut counting: Vec<(&'static ModelMeta, &'static FieldMeta)> = Vec::new();
    for Planned { meta, values, place: (model, row) } in planned {
        let identity = values.iter().find(|(field, _)| field.generated == Some(Generated::Identity));
        if let Some((field, _)) = identity
            && !counting.iter().any(|(_, known)| known == field)
        {
            counting.push((meta, field));
        }
        let (fields, values) = values.into_iter().unzip();
        let insert = Insert {
            model: meta,
            fields,
            rows: NewRows::One(values),
            on_conflict: None,
            returning: Returning::Nothing,
        };
        let inserted = async {
            execute(block, compile_insert(insert, dialect, Operation::new(meta.name, "load"))?).await
        };
        inserted.await.map_err(|error| FixtureError::caused_by(error).at(&model, row))?;
    }
    for (meta, field) in counting {
        if let Some(sql) = dialect.count_on(meta.table, field.column) {
            block.batch(&sql).await.map_err(|error| FixtureError::caused_by(error).of_model(meta.name))?;
        }
    }
    Ok(())
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn what_is_no_fixture_says_where() {
        let shown = |fixture: Result<Fixture>| match fixture {
            Err(Error::Fixture(error)) => error.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(shown(Fixture::from_json("[]")).contains("a fixture is an object"));
        assert!(shown(Fixture::from_json("{")).starts_with("fixture: no JSON: EOF"));
        assert!(shown(Fixture::from_file("no/such.json")).starts_with("no/such.json: cannot be read: "));
        assert!(shown(Fixture::from_file("src/lib.rs")).contains("`.toml` or `.json`"));
    }
}
