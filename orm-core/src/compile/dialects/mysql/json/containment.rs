//! Containment as PostgreSQL defines it. `JSON_CONTAINS` finds a scalar in an array at any depth, so the known side is
//! written out as conditions on the other.

use serde_json::{Map, Value as JsonValue};

use super::{write_constant, write_part, write_path};
use crate::ast::Expr;
use crate::compile::dialect::Dialect;
use crate::compile::expr::write_operand;
use crate::compile::function::json::{Step, arguments};
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result, ValueError};
use crate::value::Value;

/// Subqueries within each other, one for each array within an array; far below what the servers parse.
const MOST_ARRAYS: u32 = 16;

/// Does the first argument contain the second, or the other way round? NULL when the first is.
pub(super) fn write(w: &mut SqlWriter, args: &[Expr], contained: bool, dialect: Dialect) -> Result<()> {
    let [document, known] = arguments::<2>(args)?;
    let known: JsonValue = match known {
        Expr::Value(Value::Json(text)) => serde_json::from_str(text)
            .map_err(|_| ValueError::Invalid("a document nested too deeply to be searched for".into()))?,
        Expr::Value(Value::Null(_)) => {
            w.push("NULL");
            return Ok(());
        }
        _ => {
            return Err(Error::unsupported(
                "containment of one stored JSON document in another",
                dialect.name(),
            ));
        }
    };
    let nullable = document.is_nullable();
    w.push(if nullable { "(CASE WHEN " } else { "((" });
    if nullable {
        write_operand(w, document)?;
        w.push(" IS NOT NULL THEN (");
    }
    let part = Part { base: Base::Document(document), keys: Vec::new(), dialect };
    if contained {
        part.write_contained_at_top(w, &known)?;
    } else {
        part.write_contains_at_top(w, &known)?;
    }
    w.push(if nullable { ") IS TRUE END)" } else { ") IS TRUE)" });
    Ok(())
}

/// A part of the document that is looked at.
struct Part<'a> {
    base: Base<'a>,
    keys: Vec<&'a str>,
    dialect: Dialect,
}

#[derive(Clone, Copy)]
enum Base<'a> {
    Document(&'a Expr),
    /// An element of an array, which is unnested by the subquery of this depth.
    Element(u32),
}

impl<'a> Part<'a> {
    /// At the top, and only there, an array contains a scalar that is one of its elements.
    fn write_contains_at_top(&self, w: &mut SqlWriter, known: &'a JsonValue) -> Result<()> {
        if is_container(known) { self.write_contains(w, known) } else { self.write_has_element(w, known) }
    }

    fn write_contains(&self, w: &mut SqlWriter, known: &'a JsonValue) -> Result<()> {
        match known {
            JsonValue::Object(members) => {
                w.push("(");
                self.write_is(w, "OBJECT")?;
                for (key, value) in members {
                    w.push(" AND ");
                    self.member(key).write_contains(w, value)?;
                }
                w.push(")");
                Ok(())
            }
            JsonValue::Array(elements) => {
                w.push("(");
                self.write_is(w, "ARRAY")?;
                for element in elements {
                    w.push(" AND ");
                    if is_container(element) {
                        self.write_any_element(w, "EXISTS", |inner, w| inner.write_contains(w, element))?;
                    } else {
                        self.write_has_element(w, element)?;
                    }
                }
                w.push(")");
                Ok(())
            }
            scalar @ (JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_)) => {
                self.write_equals(w, scalar)
            }
        }
    }

    fn write_contained_at_top(&self, w: &mut SqlWriter, known: &'a JsonValue) -> Result<()> {
        let JsonValue::Array(elements) = known else { return self.write_contained(w, known) };
        w.push("(");
        for element in elements.iter().filter(|element| !is_container(element)) {
            self.write_equals(w, element)?;
            w.push(" OR ");
        }
        self.write_contained(w, known)?;
        w.push(")");
        Ok(())
    }

    fn write_contained(&self, w: &mut SqlWriter, known: &'a JsonValue) -> Result<()> {
        match known {
            JsonValue::Object(members) => self.write_contained_in_object(w, members),
            JsonValue::Array(elements) => {
                w.push("(");
                self.write_is(w, "ARRAY")?;
                w.push(" AND ");
                self.write_any_element(w, "NOT EXISTS", |inner, w| {
                    w.push("(");
                    for (index, element) in elements.iter().enumerate() {
                        w.push(if index > 0 { " OR " } else { "" });
                        inner.write_contained(w, element)?;
                    }
                    w.push(if elements.is_empty() { "1 = 0) IS NOT TRUE" } else { ") IS NOT TRUE" });
                    Ok(())
                })?;
                w.push(")");
                Ok(())
            }
            scalar @ (JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_)) => {
                self.write_equals(w, scalar)
            }
        }
    }

    /// It has no other keys, and what is at a key is contained in what is there.
    fn write_contained_in_object(
        &self,
        w: &mut SqlWriter,
        members: &'a Map<String, JsonValue>,
    ) -> Result<()> {
        w.push("(");
        self.write_is(w, "OBJECT")?;
        w.push(" AND JSON_CONTAINS(");
        let keys = members.keys().map(String::as_str).collect::<JsonValue>();
        write_constant(w, Value::Json(keys.to_string()), self.dialect)?;
        w.push(", JSON_KEYS(");
        self.write(w)?;
        w.push("))");
        for (key, value) in members {
            let member = self.member(key);
            w.push(" AND (");
            member.write(w)?;
            w.push(" IS NULL OR ");
            member.write_contained(w, value)?;
            w.push(")");
        }
        w.push(")");
        Ok(())
    }

    fn member(&self, key: &'a str) -> Part<'a> {
        let mut keys = self.keys.clone();
        keys.push(key);
        Part { keys, ..*self }
    }

    /// `EXISTS` or `NOT EXISTS` an element with the condition.
    fn write_any_element(
        &self,
        w: &mut SqlWriter,
        exists: &str,
        condition: impl FnOnce(&Part<'a>, &mut SqlWriter) -> Result<()>,
    ) -> Result<()> {
        let depth = match self.base {
            Base::Document(_) => 0,
            Base::Element(depth) => depth + 1,
        };
        if depth >= MOST_ARRAYS {
            return Err(Error::unsupported("containment in arrays nested so deeply", self.dialect.name()));
        }
        w.push(exists);
        w.push(" (SELECT 1 FROM JSON_TABLE(");
        self.write(w)?;
        w.push(", '$[*]' COLUMNS(`orm_v` JSON PATH '$')) AS ");
        w.name(&alias(depth));
        w.push(" WHERE ");
        condition(&Part { base: Base::Element(depth), keys: Vec::new(), dialect: self.dialect }, w)?;
        w.push(")");
        Ok(())
    }

    /// Is a scalar this, or one of its elements?
    fn write_has_element(&self, w: &mut SqlWriter, scalar: &'a JsonValue) -> Result<()> {
        if self.dialect == Dialect::MySql {
            write_constant(w, Value::Json(scalar.to_string()), self.dialect)?;
            w.push(" MEMBER OF(");
            self.write(w)?;
            w.push(")");
            return Ok(());
        }
        w.push("(");
        self.write_equals(w, scalar)?;
        w.push(" OR ");
        self.write_any_element(w, "EXISTS", |inner, w| inner.write_equals(w, scalar))?;
        w.push(")");
        Ok(())
    }

    fn write_equals(&self, w: &mut SqlWriter, value: &JsonValue) -> Result<()> {
        let mysql = self.dialect == Dialect::MySql;
        if !mysql {
            // JSON_EQUALS gives 1 for NULL.
            w.push("(");
            self.write(w)?;
            w.push(" IS NOT NULL AND JSON_EQUALS(CONCAT('[', ");
            self.write(w)?;
            w.push(", ']'), ");
            write_constant(w, Value::Json(format!("[{value}]")), self.dialect)?;
            w.push("))");
            return Ok(());
        }
        self.write(w)?;
        w.push(" = ");
        write_constant(w, Value::Json(value.to_string()), self.dialect)
    }

    fn write_is(&self, w: &mut SqlWriter, kind: &str) -> Result<()> {
        w.push("JSON_TYPE(");
        self.write(w)?;
        w.push(") = '");
        w.push(kind);
        w.push("'");
        Ok(())
    }

    fn write(&self, w: &mut SqlWriter) -> Result<()> {
        match self.base {
            Base::Document(document) => write_part(w, document, &self.keys, self.dialect),
            Base::Element(depth) => self.write_in_element(w, depth),
        }
    }

    fn write_in_element(&self, w: &mut SqlWriter, depth: u32) -> Result<()> {
        // JSON's null is unnested as NULL on MySQL.
        let (before, after) =
            if self.dialect == Dialect::MySql { ("COALESCE(", ", CAST('null' AS JSON))") } else { ("", "") };
        w.push(if self.keys.is_empty() { before } else { "JSON_EXTRACT(" });
        w.name(&alias(depth));
        w.push(".`orm_v`");
        if self.keys.is_empty() {
            w.push(after);
            return Ok(());
        }
        w.push(", ");
        let steps = self.keys.iter().copied().map(Step::Key).collect::<Vec<_>>();
        write_path(w, &steps, self.dialect)?;
        w.push(")");
        Ok(())
    }
}

fn alias(depth: u32) -> String {
    format!("orm_j{depth}")
}

fn is_container(value: &JsonValue) -> bool {
    matches!(value, JsonValue::Array(_) | JsonValue::Object(_))
}
