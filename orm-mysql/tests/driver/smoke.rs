use crate::support::*;
use orm_core::backend::Connection;
use orm_core::value::Value;

#[tokio::test]
async fn smoke() {
    for name in ["ORM_TEST_MARIADB_URL", "ORM_TEST_MYSQL_URL"] {
        let db = orm_mysql::connect(&std::env::var(name).unwrap()).await.unwrap();
        println!("{db:?}");
        let mut c = acquire(&db).await;
        println!("{:?}", column::<i64>(&mut c, "SELECT CAST(? AS SIGNED) + 1", vec![Value::I64(41)]).await);
        println!("{:?}", column::<String>(&mut c, "SELECT CONCAT(@@sql_mode, @@time_zone)", vec![]).await);
        println!("{:?}", c.batch("CREATE TABLE my_smoke (id bigint auto_increment primary key, a int unique); INSERT INTO my_smoke (a) VALUES (1)").await);
        println!("{:?}", execute(&mut c, "INSERT INTO my_smoke (a) VALUES (?)", vec![Value::I32(2)]).await);
        println!("{:?}", execute(&mut c, "INSERT INTO my_smoke (a) VALUES (?)", vec![Value::I32(2)]).await);
        println!("{:?}", execute(&mut c, "UPDATE my_smoke SET a = a", vec![]).await);
        println!("{:?}", column::<i32>(&mut c, "SELECT a FROM my_smoke ORDER BY a", vec![]).await);
        println!("{:?}", c.begin(&Default::default()).await);
        println!("{:?}", execute(&mut c, "SAVEPOINT a", vec![]).await);
        println!("{:?}", c.commit().await);
        println!("{:?}", c.batch("DROP TABLE my_smoke; SELECT 1").await);
        println!("{:?}", c.batch("SELECT 1; SELECT nonsense; DROP TABLE x").await);
    }
}
