//! The same database asked in plain SQL by its driver, without orm.

use mysql_async::prelude::Queryable;
use orm::backend::{Decode, Executor, collect, into_collected};
use orm::compile::{Access, CompiledSql, Operation};
use orm::prelude::*;
use orm::value::Row;
use tokio_postgres::SimpleQueryMessage;

use crate::support::{Db, Tested};

/// Rows of texts; NULL is the word.
pub type Answer = Vec<Vec<String>>;

/// A connection of the driver's own.
pub enum Plain {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
    MySql(mysql_async::Conn),
}

impl Plain {
    /// Connects to the database behind `db`.
    pub async fn connect(db: &Db) -> Plain {
        let (query, variable) = match db.dialect() {
            Dialect::Sqlite => ("SELECT file FROM pragma_database_list WHERE name = 'main'", ""),
            Dialect::Postgres => ("SELECT current_database()::text", "ORM_TEST_POSTGRES_URL"),
            Dialect::MySql => ("SELECT DATABASE()", "ORM_TEST_MYSQL_URL"),
            Dialect::MariaDb => ("SELECT DATABASE()", "ORM_TEST_MARIADB_URL"),
        };
        let name = text(db, query).await;
        let url = || std::env::var(variable).expect("the server's URL");
        match db.dialect() {
            Dialect::Sqlite => Plain::Sqlite(rusqlite::Connection::open(name).expect("the file opens")),
            Dialect::Postgres => {
                let mut config: tokio_postgres::Config = url().parse().expect("the server's URL");
                config.dbname(&name);
                let (client, connection) =
                    config.connect(tokio_postgres::NoTls).await.expect("the server answers");
                tokio::spawn(connection);
                Plain::Postgres(client)
            }
            Dialect::MySql | Dialect::MariaDb => {
                let options = mysql_async::Opts::from_url(&url()).expect("the server's URL");
                let options = mysql_async::OptsBuilder::from_opts(options).db_name(Some(name));
                Plain::MySql(mysql_async::Conn::new(options).await.expect("the server answers"))
            }
        }
    }

    /// Rows of a query, whose names are in double quotes.
    pub async fn ask(&mut self, sql: &str) -> Answer {
        let rows = match self {
            Plain::Sqlite(connection) => ask_sqlite(connection, sql).expect(sql),
            Plain::Postgres(client) => ask_postgres(client, sql).await.expect(sql),
            Plain::MySql(connection) => ask_mysql(connection, &sql.replace('"', "`")).await.expect(sql),
        };
        rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect()
    }
}

/// A decimal without the zeros at its end, of which databases keep different numbers.
pub fn cell(text: Option<String>) -> String {
    let Some(text) = text else { return "NULL".to_owned() };
    match text.parse::<Decimal>() {
        Ok(number) if text.contains('.') => number.normalize().to_string(),
        _ => text,
    }
}

fn ask_sqlite(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<Vec<Vec<Option<String>>>> {
    use rusqlite::types::ValueRef;
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        (0..columns)
            .map(|at| {
                Ok(match row.get_ref(at)? {
                    ValueRef::Null => None,
                    ValueRef::Integer(number) => Some(number.to_string()),
                    ValueRef::Real(number) => Some(number.to_string()),
                    ValueRef::Text(text) | ValueRef::Blob(text) => {
                        Some(String::from_utf8_lossy(text).into_owned())
                    }
                })
            })
            .collect()
    })?;
    rows.collect()
}

async fn ask_postgres(
    client: &tokio_postgres::Client,
    sql: &str,
) -> Result<Vec<Vec<Option<String>>>, tokio_postgres::Error> {
    let messages = client.simple_query(sql).await?;
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
        }
        _ => None,
    });
    Ok(rows.collect())
}

async fn ask_mysql(
    connection: &mut mysql_async::Conn,
    sql: &str,
) -> mysql_async::Result<Vec<Vec<Option<String>>>> {
    // A query without parameters comes as text.
    let rows: Vec<mysql_async::Row> = connection.query(sql).await?;
    let cell = |value| match value {
        mysql_async::Value::NULL => None,
        mysql_async::Value::Bytes(bytes) => Some(String::from_utf8(bytes).expect("text is UTF-8")),
        other => panic!("not a text: {other:?}"),
    };
    Ok(rows.into_iter().map(|row| row.unwrap().into_iter().map(cell).collect()).collect())
}

#[derive(Clone)]
struct FirstText;

impl Decode for FirstText {
    type Out = String;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> orm::Result<String> {
        Ok(row.str(0)?.unwrap_or_default().to_owned())
    }
}

/// The only text that a query of orm's driver gives.
async fn text(db: &Db, sql: &str) -> String {
    let sql = CompiledSql::new(sql, Vec::new(), Access::Read, Operation::new("", "text"));
    let sink = db.query(sql, collect::<Tested, _>(FirstText)).await.expect("a text is read");
    let (_, mut rows) = into_collected::<Tested, FirstText>(sink).expect("the sink comes back");
    rows.pop().expect("a row")
}
