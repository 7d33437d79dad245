//! Connecting: what goes wrong is said at once, and never with the password.

use std::time::Duration;

use orm_core::backend::{Backend, PoolOptions};
use orm_core::compile::Dialect;
use orm_core::error::{Error, PoolError};
use orm_postgres::{PostgresOptions, TlsMode};

use crate::support::{database, options, shown, url};

const CANARY: &str = "canary-p@ss/w:rd?#%";

fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

async fn refused(options: PostgresOptions) -> Error {
    let error = orm_postgres::connect_with(options).await.expect_err("refused");
    assert!(!shown(&error).contains("canary"), "{}", shown(&error));
    error
}

#[tokio::test]
async fn a_wrong_password_user_or_database_fails_at_once() {
    let Some(options) = options() else { return };
    let wrong = [
        options.clone().password(CANARY),
        options.clone().user("canary_nobody").password(CANARY),
        PostgresOptions::from_url(&swap_database(&url().unwrap_or_default())).unwrap(),
    ];
    for options in wrong {
        assert!(!format!("{options:?}").contains(CANARY));
        let error = orm_postgres::connect_with(options).await.expect_err("refused");
        assert!(!shown(&error).contains(CANARY), "{error:?}");
        let Error::Pool(pool) = &error else { panic!("{error:?}") };
        let PoolError::Unreachable { target, source } = pool.as_ref() else { panic!("{error:?}") };
        assert!(target.starts_with("postgres://"), "{target}");
        assert_eq!(
            source.kind(),
            Some(orm_core::error::DatabaseErrorKind::AuthenticationFailed),
            "{error:?}"
        );
    }
}

fn swap_database(url: &str) -> String {
    let (before, _) = url.rsplit_once('/').unwrap_or((url, ""));
    format!("{before}/canary_not_there")
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let options = PostgresOptions::new("d").host_port("127.0.0.1", 1).user("u").password(CANARY);
    let error = refused(options).await;
    assert!(
        matches!(&error, Error::Pool(pool) if matches!(**pool, PoolError::Unreachable { .. })),
        "{error:?}"
    );
    let nowhere = PostgresOptions::new("d").socket_dir("/nowhere").user("u").password(CANARY);
    refused(nowhere).await;
}

#[tokio::test]
async fn a_server_that_never_answers_ends_at_the_connect_time_out() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let limit = Duration::from_millis(200);
    let options = PostgresOptions::new("d")
        .host_port("127.0.0.1", port)
        .user("u")
        .password(CANARY)
        .pool(PoolOptions::default().connect_timeout(limit));
    let start = std::time::Instant::now();
    let error = refused(options).await;
    assert!(
        matches!(&error, Error::Pool(pool) if matches!(**pool, PoolError::ConnectTimeout { .. })),
        "{error:?}"
    );
    assert!(start.elapsed() >= limit && start.elapsed() < limit * 2, "{:?}", start.elapsed());
}

#[tokio::test]
async fn tls_that_was_asked_for_is_never_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    // A server without TLS answers `N` to the request for it. Nothing else may be sent to it then.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let mut seen = Vec::new();
        for _ in 0..2 {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 8];
            socket.read_exact(&mut request).await.unwrap();
            assert_eq!(request[4..], 80_877_103_u32.to_be_bytes(), "an SSLRequest");
            socket.write_all(b"N").await.unwrap();
            socket.read_to_end(&mut seen).await.unwrap();
        }
        seen
    });
    for mode in [TlsMode::VerifyFull, TlsMode::RequireUnverified] {
        let options =
            PostgresOptions::new("d").host_port("127.0.0.1", port).user("u").password(CANARY).tls(mode);
        let error = refused(options).await;
        assert!(error.to_string().contains("TLS"), "{error}");
    }
    assert!(server.await.unwrap().is_empty());
}

#[tokio::test]
async fn an_unusable_certificate_file_is_a_configuration_error() {
    let options = PostgresOptions::new("d").host("db.example.org").password(CANARY);
    for file in ["/nowhere/ca.pem", "/dev/null"] {
        let error = refused(options.clone().root_certificates(file)).await;
        assert!(matches!(error, Error::Config(_)), "{error:?}");
    }
}

#[tokio::test]
async fn nothing_shows_the_password() {
    let text = format!("postgres://ann:{}@db.example.org/shop", encoded(CANARY));
    let options = PostgresOptions::from_url(&text).unwrap();
    let backend = orm_postgres::Postgres::new(options.clone()).unwrap();
    for shown in [format!("{options:?}"), format!("{options:#?}"), format!("{backend:?}")] {
        assert!(!shown.contains("canary") && shown.contains("db.example.org"), "{shown}");
    }
}

#[tokio::test]
async fn a_closed_pool_lends_nothing() {
    let Some(database) = database().await else { return };
    assert_eq!(database.dialect(), Dialect::Postgres);
    assert_eq!(database.status().max, 1);
    database.close().await;
    let operation = orm_core::compile::Operation::new("", "test");
    let error = database.acquire(orm_core::compile::Access::Read, operation).await.err().unwrap();
    assert!(matches!(&error, Error::Pool(pool) if matches!(**pool, PoolError::Closed)), "{error:?}");
}
