//! What is too large is said with its kind, and before it is sent where that is possible.

use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;

use super::support::{all, memory, one, read};

async fn kind_of(sql: &str, params: Vec<Value>) -> Option<Kind> {
    all::<i64>(&memory().await, read(sql, params)).await.err().and_then(|error| error.kind())
}

#[tokio::test]
async fn too_many_parameters() {
    let list =
        |count: usize| format!("SELECT count(*) FROM (SELECT 1 WHERE 1 IN ({}))", vec!["?"; count].join(","));
    let database = memory().await;
    let fits = read(&list(32_766), vec![Value::I64(1); 32_766]);
    assert_eq!(all::<i64>(&database, fits).await.expect("a row"), [1]);
    for count in [32_767, 65_536, 200_000] {
        assert_eq!(kind_of(&list(count), vec![Value::I64(1); count]).await, Some(Kind::TooLarge), "{count}");
    }
}

#[tokio::test]
async fn too_long_a_value() {
    let database = memory().await;
    let sql = read("SELECT length(?1)", vec![Value::Bytes(vec![0; 1_000_000_001])]);
    let error = all::<i64>(&database, sql).await.expect_err("too long");
    assert_eq!(error.kind(), Some(Kind::TooLarge));
    let sql = read("SELECT length(?1)", vec![Value::Bytes(vec![0; 20 << 20])]);
    assert_eq!(all::<i64>(&database, sql).await.expect("a row"), [20 << 20]);
    assert_eq!(one::<i64>(&database, "SELECT 1").await, 1);
}

#[tokio::test]
async fn too_deep_an_expression() {
    let chain = format!("SELECT {}", vec!["1"; 1_100].join(" AND "));
    assert_eq!(kind_of(&chain, Vec::new()).await, Some(Kind::TooLarge));
    let nested = format!("SELECT {}1{}", "(".repeat(50_000), ")".repeat(50_000));
    let error = all::<i64>(&memory().await, read(&nested, Vec::new())).await.expect_err("too deep");
    assert_eq!(
        error.kind(),
        Some(Kind::TooLarge),
        "{:?}",
        error.as_database().map(orm_core::error::DatabaseError::message)
    );
}
