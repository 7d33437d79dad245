//! Prepared statements: as many in the server as the cache allows, whatever is run.

use orm_core::backend::Connection;
use orm_core::value::Value;

use super::support::*;

/// What this connection has prepared less what it has closed.
async fn open_statements(c: &mut orm_mysql::MySqlConnection) -> i64 {
    let count = |name: &'static str| format!("SHOW SESSION STATUS LIKE '{name}'");
    let mut values = Vec::new();
    for name in ["Com_stmt_prepare", "Com_stmt_close"] {
        let sink = orm_core::backend::collect::<orm_mysql::MySql, _>(Second);
        let sink = c.query(sql(&count(name), vec![]), sink).await.unwrap();
        let (_, rows) = orm_core::backend::into_collected::<orm_mysql::MySql, Second>(sink).unwrap();
        values.push(rows[0].parse::<i64>().unwrap());
    }
    values[0] - values[1]
}

#[derive(Clone)]
struct Second;

impl orm_core::backend::Decode for Second {
    type Out = String;

    fn decode<R: orm_core::value::Row + ?Sized>(&self, row: &mut R) -> orm_core::Result<String> {
        Ok(row.string(1)?.unwrap_or_default())
    }
}

on_each_server! {
    async fn the_cache_is_bounded_and_closes_what_it_drops(server: &Server) {
        for (size, most) in [(10, 11), (1, 2), (0, 2)] {
            let db = server.connect_with(&format!("pool_size=1&statement_cache={size}")).await;
            let c = &mut acquire(&db).await;
            for n in 0..100_i64 {
                assert_eq!(one::<i64>(c, &format!("SELECT {n} + ?"), vec![Value::I64(1)]).await.unwrap(), n + 1);
            }
            let open = open_statements(c).await;
            assert!(open <= most, "{open} statements are open with a cache of {size}");
        }
    }

    async fn a_statement_is_prepared_once(server: &Server) {
        let db = server.connect_with("pool_size=1").await;
        open_statements(&mut acquire(&db).await).await;
        let before = open_statements(&mut acquire(&db).await).await;
        for _ in 0..50 {
            // Also through the pool: what is prepared stays so.
            one::<i64>(&mut acquire(&db).await, "SELECT 1 + ?", vec![Value::I64(1)]).await.unwrap();
        }
        assert_eq!(open_statements(&mut acquire(&db).await).await, before + 1);
    }

    async fn long_texts_do_not_pile_up(server: &Server) {
        let db = server.connect_with("pool_size=1").await;
        let c = &mut acquire(&db).await;
        for n in 0..20_i64 {
            let text = format!("SELECT {n} + ? /* {} */", "x".repeat(40_000));
            for _ in 0..2 {
                assert_eq!(one::<i64>(c, &text, vec![Value::I64(1)]).await.unwrap(), n + 1);
            }
        }
        let open = open_statements(c).await;
        assert!(open <= 3, "{open} statements are open");
    }

    async fn a_changed_table_is_noticed(server: &Server) {
        let db = server.connect().await;
        let (a, b) = (&mut acquire(&db).await, &mut acquire(&db).await);
        a.batch("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await.unwrap();
        assert_eq!(column::<i32>(a, "SELECT * FROM t", vec![]).await.unwrap(), [1]);
        b.batch("ALTER TABLE t ADD x varchar(10) FIRST, MODIFY a bigint; UPDATE t SET x = 'new'").await.unwrap();
        assert_eq!(column::<String>(a, "SELECT * FROM t", vec![]).await.unwrap(), ["new"]);
        b.batch("ALTER TABLE t DROP x").await.unwrap();
        assert_eq!(column::<i64>(a, "SELECT * FROM t", vec![]).await.unwrap(), [1]);
    }

    async fn counts_and_keys(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        c.batch("CREATE TABLE t (id bigint AUTO_INCREMENT PRIMARY KEY, a int)").await.unwrap();
        let done = execute(c, "INSERT INTO t (a) VALUES (?), (?), (?)", vec![Value::I32(1), Value::I32(2), Value::I32(3)])
            .await
            .unwrap();
        assert_eq!((done.rows_affected, done.last_insert_id), (3, Some(1)));
        let done = execute(c, "INSERT INTO t (a) VALUES (?)", vec![Value::I32(4)]).await.unwrap();
        assert_eq!((done.rows_affected, done.last_insert_id), (1, Some(4)));
        // Matched, not changed.
        let done = execute(c, "UPDATE t SET a = a WHERE id > ?", vec![Value::I64(1)]).await.unwrap();
        assert_eq!((done.rows_affected, done.last_insert_id), (3, None));
        let done = execute(c, "DELETE FROM t WHERE id > ?", vec![Value::I64(100)]).await.unwrap();
        assert_eq!((done.rows_affected, done.last_insert_id), (0, None));
    }
}
