//! What the servers report, as kinds with names.

use orm_core::backend::Connection;
use orm_core::error::{DatabaseErrorKind as Kind, PoolError};
use orm_core::value::Value;
use orm_core::{Error, Result};

use super::support::*;

/// Kind, constraint, table and column.
type Found = (Option<Kind>, Option<String>, Option<String>, Option<String>);

fn found<T: std::fmt::Debug>(result: Result<T>) -> Found {
    let error = result.expect_err("it is refused");
    let database = error.as_database().unwrap_or_else(|| panic!("{error}"));
    let own = |text: Option<&str>| text.map(str::to_owned);
    (Some(database.kind()), own(database.constraint()), own(database.table()), own(database.column()))
}

#[allow(clippy::unnecessary_wraps)] // What it is compared with may be missing.
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

on_each_server! {
    async fn constraints_are_named(server: &Server) {
        let db = server.connect().await;
        // MariaDB does not say the table of a duplicate.
        let mysql_only = |name: &str| if is_mariadb(&db) { None } else { some(name) };
        let mariadb_only = |name: &str| if is_mariadb(&db) { some(name) } else { None };
        let c = &mut acquire(&db).await;
        c.batch(
            "CREATE TABLE parent (id int PRIMARY KEY); \
             CREATE TABLE child (id int PRIMARY KEY, name varchar(5) NOT NULL, age int NOT NULL DEFAULT 1, parent_id int, \
             CONSTRAINT name_uniq UNIQUE (name), CONSTRAINT age_check CHECK (age > 0), \
             CONSTRAINT parent_fk FOREIGN KEY (parent_id) REFERENCES parent (id)); \
             INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 'a', 1, 1)",
        )
        .await
        .unwrap();
        let insert = "INSERT INTO child (id, name, age, parent_id) VALUES (?, ?, ?, ?)";
        let row = |id: i32, name: &str, age: i32, parent: i32| {
            vec![Value::I32(id), Value::Text(name.into()), Value::I32(age), Value::I32(parent)]
        };
        let refused = execute(c, insert, row(1, "b", 1, 1)).await;
        assert_eq!(found(refused), (Some(Kind::UniqueViolation), some("PRIMARY"), mysql_only("child"), None));
        let refused = execute(c, insert, row(2, "a", 1, 1)).await;
        assert_eq!(found(refused), (Some(Kind::UniqueViolation), some("name_uniq"), mysql_only("child"), None));
        let refused = execute(c, insert, row(2, "b", 0, 1)).await;
        assert_eq!(found(refused), (Some(Kind::CheckViolation), some("age_check"), mariadb_only("child"), None));
        let refused = execute(c, insert, row(2, "b", 1, 2)).await;
        let expected = (Some(Kind::ForeignKeyViolation), some("parent_fk"), some("child"), some("parent_id"));
        assert_eq!(found(refused), expected);
        let refused = execute(c, "DELETE FROM parent", vec![]).await;
        assert_eq!(found(refused), expected);
        let refused = execute(c, "UPDATE child SET name = ?", vec![Value::Null(orm_core::value::ValueKind::Text)]).await;
        assert_eq!(found(refused), (Some(Kind::NotNullViolation), None, None, some("name")));
        let refused = execute(c, "INSERT INTO child (id) VALUES (5)", vec![]).await;
        assert_eq!(found(refused), (Some(Kind::NotNullViolation), None, None, some("name")));

        let refused = execute(c, insert, row(2, "too long", 1, 1)).await;
        assert_eq!(found(refused), (Some(Kind::DataError), None, None, some("name")));
        let refused = execute(c, "UPDATE child SET age = ?", vec![Value::I64(i64::MAX)]).await;
        assert_eq!(found(refused), (Some(Kind::DataError), None, None, some("age")));
        let refused = execute(c, "UPDATE child SET age = ?", vec![Value::Text("many".into())]).await;
        assert_eq!(found(refused), (Some(Kind::DataError), None, mariadb_only("child"), some("age")));
        let refused = execute(c, "UPDATE child SET age = age / 0", vec![]).await;
        assert_eq!(found(refused).0, Some(Kind::DataError));
        let refused = execute(c, "SELECT CAST(1 AS UNSIGNED) - 2", vec![]).await;
        assert_eq!(found(refused).0, Some(Kind::DataError));
    }

    async fn mistakes_are_programming_errors(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        c.batch("CREATE TABLE t (a int)").await.unwrap();
        for text in [
            "SELEC 1",
            "SELECT * FROM missing",
            "SELECT missing FROM t",
            "SELECT missing_function(1)",
            "SELECT 1; DROP TABLE t",
            "ROLLBACK TO SAVEPOINT missing",
            "SELECT (SELECT 1 UNION SELECT 2)",
            "INSERT INTO t VALUES (1, 2)",
            "",
        ] {
            let refused = execute(c, text, vec![]).await;
            let error = refused.expect_err(text);
            assert_eq!(error.kind(), Some(Kind::ProgrammingError), "{text}: {error:?}");
            assert_eq!(error.as_database().and_then(|error| error.sql()), Some(text));
        }
        let refused = execute(c, "SELECT * FROM missing", vec![]).await;
        assert_eq!(found(refused).2, some("missing"));
        for (text, params) in [
            ("SELECT ?", vec![]),
            ("SELECT 1", vec![Value::I32(1)]),
            ("SELECT :a", vec![Value::I32(1)]),
            ("SELECT :a, ?", vec![Value::I32(1)]),
        ] {
            assert_eq!(found(execute(c, text, params).await).0, Some(Kind::ProgrammingError), "{text}");
        }
        // None of these cost the connection, and nothing after a `;` was run.
        assert_eq!(one::<String>(c, "SELECT ':a?' ", vec![]).await.unwrap(), ":a?");
        assert_eq!(one::<i64>(c, "SELECT COUNT(*) FROM t", vec![]).await.unwrap(), 0);
    }

    async fn a_batch_reports_an_error_of_any_statement(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        c.batch("CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT * FROM t; INSERT INTO t VALUES (2);")
            .await
            .unwrap();
        let refused = c.batch("INSERT INTO t VALUES (3); SELECT * FROM t; INSERT INTO missing VALUES (4); DROP TABLE t").await;
        assert_eq!(kind(refused), Some(Kind::ProgrammingError));
        assert_eq!(column::<i32>(c, "SELECT a FROM t ORDER BY a", vec![]).await.unwrap(), [1, 2, 3]);
        assert_eq!(kind(c.batch("").await), Some(Kind::ProgrammingError));
    }

    async fn a_procedure_with_several_results_is_read_to_its_end(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        c.batch("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; SELECT 3; END").await.unwrap();
        c.batch("CREATE PROCEDURE q() BEGIN SELECT 1; SELECT * FROM missing; END").await.unwrap();
        assert_eq!(column::<i64>(c, "CALL p()", vec![]).await.unwrap(), [1]);
        assert_eq!(kind(column::<i64>(c, "CALL q()", vec![]).await), Some(Kind::ProgrammingError));
        assert_eq!(one::<i64>(c, "SELECT 7", vec![]).await.unwrap(), 7);
    }

    async fn rights_and_logins(server: &Server) {
        let db = server.connect().await;
        let c = &mut acquire(&db).await;
        let user = format!("orm_my_{}", std::process::id());
        let database: String = one(c, "SELECT DATABASE()", vec![]).await.unwrap();
        c.batch(&format!(
            "CREATE TABLE t (a int); DROP USER IF EXISTS {user}; CREATE USER {user} IDENTIFIED BY 'canary'; \
             GRANT SELECT ON {database}.* TO {user}"
        ))
        .await
        .unwrap();
        let options = server.options().user(&user);

        let limited = orm_mysql::connect_with(options.clone().password("canary")).await.unwrap();
        let refused = execute(&mut acquire(&limited).await, "INSERT INTO t VALUES (1)", vec![]).await;
        assert_eq!(found(refused).0, Some(Kind::PermissionDenied));

        for wrong in [options.clone().password("canary?"), options.clone().password("canary").database("mysql")] {
            match orm_mysql::connect_with(wrong).await {
                Err(Error::Pool(error)) => match *error {
                    PoolError::Unreachable { target, source } => {
                        assert_eq!(source.kind(), Some(Kind::AuthenticationFailed));
                        assert!(!format!("{target} {source} {source:?}").contains("canary"));
                    }
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            }
        }
        c.batch(&format!("DROP USER {user}")).await.unwrap();
    }

    async fn a_wrong_address_fails_at_once(server: &Server) {
        let nowhere = server.options().host("127.0.0.1").port(1);
        let refused = soon(std::time::Duration::from_secs(2), orm_mysql::connect_with(nowhere)).await;
        let Err(Error::Pool(error)) = refused else { panic!("{refused:?}") };
        assert!(matches!(&*error, PoolError::Unreachable { source, .. } if source.is_connection_lost()), "{error}");
        let refused = orm_mysql::connect_with(server.options().unix_socket("/nonexistent/mysqld.sock")).await;
        assert!(matches!(refused, Err(Error::Pool(_))));
    }
}
