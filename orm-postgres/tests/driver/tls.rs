//! TLS against a real server: `ORM_TEST_POSTGRES_TLS_URL` names one by a host its certificate is made for, with
//! `sslmode=verify-full` and `sslrootcert` (the authority that signed it, unknown to the public ones).

use std::time::{Duration, Instant};

use orm_postgres::{PostgresOptions, TlsMode};
use tokio::time::timeout;

use crate::support::{acquire, execute, one, process};

fn tls_url() -> Option<String> {
    let url = std::env::var("ORM_TEST_POSTGRES_TLS_URL").ok();
    if url.is_none() {
        eprintln!("skipped: ORM_TEST_POSTGRES_TLS_URL is not set");
    }
    url
}

#[tokio::test]
async fn a_verified_connection_is_encrypted_and_its_cancel_request_too() {
    let Some(url) = tls_url() else { return };
    let database = orm_postgres::connect(&format!("{url}&pool_size=1")).await.unwrap();
    let observers = orm_postgres::connect(&url).await.unwrap();
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let mut c = acquire(&database).await;
    assert!(one::<bool>(&mut c, encrypted, vec![]).await.unwrap());
    let pid = process(&mut c).await;
    assert!(
        timeout(Duration::from_millis(100), execute(&mut c, "SELECT pg_sleep(30)", vec![])).await.is_err()
    );
    drop(c);
    let start = Instant::now();
    assert_ne!(process(&mut acquire(&database).await).await, pid);
    assert!(start.elapsed() < Duration::from_secs(1));
    let gone = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}");
    let mut observer = acquire(&observers).await;
    crate::support::eventually(&mut observer, &gone, 0, Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_verified_is_refused() {
    let Some(url) = tls_url() else { return };
    let (before, parameters) = url.split_once('?').unwrap();
    let root = parameters.split('&').find(|pair| pair.starts_with("sslrootcert=")).unwrap();
    // Signed by nobody the public knows; and, by address, made for somebody else.
    let stranger = format!("{before}?sslmode=verify-full");
    let elsewhere = format!("{}?sslmode=verify-full&{root}", before.replace("localhost", "127.0.0.1"));
    for url in [stranger, elsewhere] {
        let error = orm_postgres::connect(&url).await.expect_err("refused");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    // Who says that it need not be verified gets what they ask for.
    let options = PostgresOptions::from_url(before).unwrap().tls(TlsMode::RequireUnverified);
    let database = orm_postgres::connect_with(options).await.unwrap();
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert!(one::<bool>(&mut acquire(&database).await, encrypted, vec![]).await.unwrap());
}
