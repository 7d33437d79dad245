//! No password and no value of a row in what is shown.

use std::fmt::Write;

use orm_core::value::Value;
use orm_mysql::MySqlOptions;

use super::support::*;

on_each_server! {
    async fn nothing_shown_holds_a_secret(server: &Server) {
        let options = server.options();
        let db = orm_mysql::connect_with(options.clone()).await.unwrap();
        let mut c = acquire(&db).await;
        let mut shown = format!("{options:?} {db:?} {:?}", orm_mysql::MySqlDriver::new(options.clone()).unwrap());
        let password = server.url().split(['@', ':']).nth(2).unwrap();
        assert!(!shown.contains(&format!(":{password}@")));

        // Values neither, although the servers repeat them.
        execute(&mut c, "CREATE TABLE t (a varchar(40) PRIMARY KEY, n int)", vec![]).await.unwrap();
        let insert = "INSERT INTO t (a) VALUES (?)";
        let canary = || vec![Value::Text("canary".into())];
        execute(&mut c, insert, canary()).await.unwrap();
        let mut errors = vec![execute(&mut c, insert, canary()).await.unwrap_err()];
        errors.push(execute(&mut c, "UPDATE t SET n = ?", canary()).await.unwrap_err());
        errors.push(execute(&mut c, insert, vec![Value::Text("canary".repeat(10))]).await.unwrap_err());
        for error in errors {
            let source = std::error::Error::source(&error).map(|source| format!("{source} {source:?}"));
            write!(shown, "{error} {error:?} {error:#?} {source:?}").unwrap();
        }
        write!(shown, "{:?}", sql(insert, canary())).unwrap();
        assert!(!shown.contains("canary"), "{shown}");

        let wrong = MySqlOptions::from_url(server.url()).unwrap().user("nobody").password("canary");
        let error = orm_mysql::connect_with(wrong).await.unwrap_err();
        assert!(!format!("{error} {error:?} {error:#?}").contains("canary"));
    }
}
