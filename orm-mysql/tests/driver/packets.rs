//! What is larger than `max_allowed_packet` is refused before it is sent.

use orm_core::backend::Connection;
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;

use super::support::*;

on_each_server! {
    async fn too_large_is_said_before_sending(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        let limit = usize::try_from(one::<u64>(c, "SELECT @@max_allowed_packet", vec![]).await.unwrap()).unwrap();
        let id = connection_id(c).await;
        c.batch("CREATE TABLE t (id int, b longblob)").await.unwrap();
        let insert = "INSERT INTO t VALUES (1, ?)";

        let over = execute(c, insert, vec![Value::Bytes(vec![7; limit])]).await;
        assert_eq!(kind(over), Some(Kind::TooLarge));
        // As large as it may be.
        for spare in [1_024, 128] {
            execute(c, insert, vec![Value::Bytes(vec![7; limit - spare])]).await.unwrap();
            let stored: u64 = one(c, "SELECT LENGTH(b) FROM t", vec![]).await.unwrap();
            assert_eq!(stored, u64::try_from(limit - spare).unwrap());
            execute(c, "DELETE FROM t", vec![]).await.unwrap();
        }
        // In several values.
        let rows = 20;
        let values = vec!["(1, ?)"; rows].join(", ");
        let over = vec![Value::Bytes(vec![7; limit / rows + 1]); rows];
        let over = execute(c, &format!("INSERT INTO t VALUES {values}"), over).await;
        assert_eq!(kind(over), Some(Kind::TooLarge));
        // In the text.
        let text = format!("SELECT 1 /* {} */", "x".repeat(limit));
        assert_eq!(kind(execute(c, &text, vec![]).await), Some(Kind::TooLarge));
        assert_eq!(kind(c.batch(&text).await), Some(Kind::TooLarge));
        let too_many = vec![Value::I32(1); 65_536];
        let text = format!("SELECT 1 IN ({})", vec!["?"; too_many.len()].join(","));
        assert_eq!(kind(execute(c, &text, too_many).await), Some(Kind::TooLarge));
        // None of these cost the connection.
        assert_eq!(connection_id(c).await, id);
    }

    async fn large_values_come_back(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        c.batch("CREATE TABLE t (b longblob)").await.unwrap();
        let value: Vec<u8> = (0..15_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        execute(c, "INSERT INTO t VALUES (?)", vec![Value::Bytes(value.clone())]).await.unwrap();
        let back: Vec<u8> = one(c, "SELECT b FROM t", vec![]).await.unwrap();
        assert!(back == value);
    }

    async fn as_many_parameters_as_the_protocol_has(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        let params: Vec<Value> = (0..65_535).map(Value::I32).collect();
        let text = format!("SELECT 65534 IN ({})", vec!["?"; params.len()].join(","));
        assert_eq!(one::<i64>(c, &text, params).await.unwrap(), 1);
    }
}
