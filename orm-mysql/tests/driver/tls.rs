//! TLS is what was asked for, or there is no connection.

use orm_core::Error;
use orm_core::error::{DatabaseErrorKind as Kind, PoolError};
use orm_mysql::TlsMode;

use super::support::*;

fn failure(result: orm_core::Result<orm_mysql::MySql>) -> Option<Kind> {
    match result {
        Err(Error::Pool(error)) => match *error {
            PoolError::Unreachable { source, .. } => source.kind(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

on_each_server! {
    async fn never_less_than_asked_for(server: &Server) {
        let admin = server.connect().await;
        let own = &mut acquire(&admin).await;
        let text = if is_mariadb(&admin) {
            "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"
        } else {
            "SELECT variable_value FROM performance_schema.session_status WHERE variable_name = 'Ssl_cipher'"
        };
        assert_eq!(one::<String>(own, text, vec![]).await.unwrap(), "");

        let verified = orm_mysql::connect_with(server.options().tls(TlsMode::VerifyFull)).await;
        assert_eq!(failure(verified), Some(Kind::ConnectionLost));
        let verified = orm_mysql::connect_with(server.options().tls(TlsMode::VerifyCa)).await;
        assert_eq!(failure(verified), Some(Kind::ConnectionLost));
        match orm_mysql::connect_with(server.options().tls(TlsMode::RequireUnverified)).await {
            Ok(db) => {
                let cipher: String = one(&mut acquire(&db).await, text, vec![]).await.unwrap();
                println!("encrypted with {cipher}");
                assert!(!cipher.is_empty());
            }
            // This server has no TLS: nothing goes over in clear instead.
            refused => assert_eq!(failure(refused), Some(Kind::ConnectionLost)),
        }
        let missing = server.options().tls(TlsMode::VerifyFull).root_certificate("/nonexistent/ca.pem");
        assert_eq!(failure(orm_mysql::connect_with(missing).await), Some(Kind::ConnectionLost));
    }
}
