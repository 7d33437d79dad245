//! Rows sent behind a statement: COPY in its binary form.
//!
//! An INSERT of arrays makes the server read them whole, take them apart, and bring each value into its column's type. COPY
//! stores rows as they come. It also leaves out things that INSERT does, and takes no value of another type than the
//! column's; so the server is asked, once for each connection and statement, whether the two would do the same here.

use std::collections::HashMap;
use std::pin::pin;

use bytes::{BufMut, Bytes, BytesMut};
use deadpool_postgres::ClientWrapper;
use futures_util::SinkExt;
use futures_util::future::try_join;
use orm_core::compile::Copy;
use orm_core::error::ValueError;
use orm_core::value::{Value, ValueKind};
use tokio_postgres::types::{ToSql, Type};

use super::{Failure, prepare_new};
use crate::statement_cache::StatementCache;
use crate::types::{declared, scalar_type, write_field};

/// Rows are handed to the connection's task in pieces of about this size, so that it sends while others are written.
const PIECE: usize = 64 * 1024;
/// Statements of which it is remembered whether they do what an INSERT does.
const REMEMBERED: usize = 200;
/// What a binary COPY begins with: its signature, no flags, and no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Whether COPY into a table does what INSERT does. It passes over policies (and is refused where there are some), rules,
/// triggers of views, and columns whose identity is always generated.
const IS_PLAIN: &str = "SELECT c.relkind IN ('r', 'p') AND NOT c.relhasrules AND NOT row_security_active(c.oid) \
     AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attidentity = 'a') \
     FROM pg_class c WHERE c.oid = to_regclass($1)";

/// Of which statements it is known whether rows can be sent by them.
#[derive(Default)]
pub(super) struct Copyable(HashMap<Box<str>, bool>);

impl Copyable {
    /// Sends the rows of which the parameters are the columns; gives their number, or `None` where they are to be inserted.
    pub(super) async fn copy(
        &mut self,
        client: &ClientWrapper,
        cache: &mut StatementCache,
        copy: &Copy,
        columns: &[Value],
    ) -> Result<Option<u64>, Failure> {
        let known = self.0.get(copy.sql.as_str()).copied();
        let copyable = if let Some(copyable) = known {
            copyable
        } else {
            let copyable = is_copyable(client, copy, columns).await?;
            if self.0.len() >= REMEMBERED {
                self.0.clear();
            }
            self.0.insert(copy.sql.as_str().into(), copyable);
            copyable
        };
        if !copyable {
            return Ok(None);
        }
        let rows = send(client, cache, copy, columns).await;
        if rows.is_err() {
            // The table may have changed.
            self.0.remove(copy.sql.as_str());
        }
        rows.map(Some)
    }
}

/// Asks the server about the table and the types of its columns.
async fn is_copyable(client: &ClientWrapper, copy: &Copy, columns: &[Value]) -> Result<bool, Failure> {
    let table: [(&(dyn ToSql + Sync), Type); 1] = [(&copy.table, Type::TEXT)];
    let plain = client.query_typed(IS_PLAIN, &table);
    let (plain, select) = try_join(plain, client.prepare(&copy.columns)).await?;
    let plain = plain.first().is_some_and(|row| row.try_get(0).unwrap_or(false));
    let there = select.columns();
    let alike = there.len() == columns.len()
        && there.iter().zip(columns).all(|(column, value)| is_stored_as(declared(value).0, column.type_()));
    Ok(plain && alike)
}

/// Whether a column of this type reads what is written for values of this kind.
fn is_stored_as(kind: ValueKind, ty: &Type) -> bool {
    let text = [Type::TEXT, Type::VARCHAR, Type::BPCHAR];
    *ty == scalar_type(kind) || (kind == ValueKind::Text && text.contains(ty))
}

async fn send(
    client: &ClientWrapper,
    cache: &mut StatementCache,
    copy: &Copy,
    columns: &[Value],
) -> Result<u64, Failure> {
    let text = copy.sql.as_str().into();
    let prepared = match cache.find(&text, &[]) {
        Some(prepared) => prepared,
        None => prepare_new(client, cache, &text, &[], true).await?,
    };
    let arrays = columns.iter().map(|column| match column {
        Value::Array(values) => Some(values),
        _ => None,
    });
    let Some(columns) = arrays.collect::<Option<Vec<_>>>() else {
        let error = ValueError::Invalid("rows are copied from arrays".into());
        return Err(Failure::Refused(error.into()));
    };
    let rows = columns.first().map_or(0, |column| column.len());
    let width = i16::try_from(columns.len()).unwrap_or(i16::MAX);
    let mut sink = pin!(client.copy_in::<_, Bytes>(&prepared.statement).await?);
    let mut out = BytesMut::with_capacity(PIECE + PIECE / 4);
    out.put_slice(HEADER);
    for row in 0..rows {
        out.put_i16(width);
        for value in columns.iter().filter_map(|column| column.get(row)) {
            // What was sent so far is given up with the sink, and what becomes of it is not waited for.
            write_field(value, &mut out)
                .map_err(|error| Failure::Sink { error: error.into(), drained: false })?;
        }
        if out.len() >= PIECE {
            sink.send(out.split().freeze()).await?;
            out.reserve(PIECE + PIECE / 4);
        }
    }
    out.put_i16(-1);
    sink.send(out.freeze()).await?;
    Ok(sink.finish().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_columns_of_the_same_type_are_copied_into() {
        assert!(is_stored_as(ValueKind::Text, &Type::VARCHAR) && is_stored_as(ValueKind::I64, &Type::INT8));
        assert!(!is_stored_as(ValueKind::I64, &Type::INT4) && !is_stored_as(ValueKind::Json, &Type::JSON));
        assert!(!is_stored_as(ValueKind::Timestamp, &Type::TIMESTAMP));
    }
}
