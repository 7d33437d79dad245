//! Servers that want to cost more than they may, or do not keep to the protocol. Tests of what were advisories of crates below
//! this one (RUSTSEC-2026-0178 to 0180) have their numbers.

use std::time::{Duration, Instant};

use orm_core::Error;
use orm_core::backend::{Backend, Connection, PoolOptions};
use orm_core::compile::{Access, Operation};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_postgres::PostgresOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::support::*;

const CANARY: &str = "canary";

/// Logs everybody in, unless `log_in` says something else, and answers a `Sync` with what `script` gives for the first message
/// before it.
async fn serve(log_in: LogIn, script: fn(u8) -> Vec<u8>) -> PostgresOptions {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = talk(stream, log_in, script).await;
        }
    });
    let pool = PoolOptions::default().connect_timeout(Duration::from_secs(20));
    PostgresOptions::new("d").host_port("127.0.0.1", port).user("u").password(CANARY).pool(pool)
}

#[derive(Clone, Copy)]
enum LogIn {
    Granted,
    /// After so many rounds of hashing.
    Scram(u32),
}

async fn talk(mut stream: TcpStream, log_in: LogIn, script: fn(u8) -> Vec<u8>) -> std::io::Result<()> {
    let length = stream.read_u32().await?;
    let mut startup = vec![0; length as usize - 4];
    stream.read_exact(&mut startup).await?;
    if let LogIn::Scram(rounds) = log_in {
        stream.write_all(&message(b'R', &[&10_u32.to_be_bytes()[..], b"SCRAM-SHA-256\0\0"].concat())).await?;
        let (_, first) = read_message(&mut stream).await?;
        let first = String::from_utf8_lossy(&first).into_owned();
        let nonce = first.split_once("r=").map_or("", |(_, nonce)| nonce);
        let answer = format!("r={nonce}more,s=c2FsdHNhbHRzYWx0,i={rounds}");
        stream.write_all(&message(b'R', &[&11_u32.to_be_bytes()[..], answer.as_bytes()].concat())).await?;
        read_message(&mut stream).await?;
    }
    let ready = message(b'Z', b"I");
    let granted = [message(b'R', &[0; 4]), message(b'K', &[0, 0, 0, 1, 0, 0, 0, 2]), ready.clone()].concat();
    stream.write_all(&granted).await?;
    let mut first = None;
    loop {
        let (kind, _) = read_message(&mut stream).await?;
        let first_kind = *first.get_or_insert(kind);
        if kind == b'S' {
            stream.write_all(&[script(first_kind), ready.clone()].concat()).await?;
            first = None;
        }
    }
}

async fn read_message(stream: &mut TcpStream) -> std::io::Result<(u8, Vec<u8>)> {
    let kind = stream.read_u8().await?;
    let length = stream.read_u32().await?;
    let mut body = vec![0; length as usize - 4];
    stream.read_exact(&mut body).await?;
    Ok((kind, body))
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("short");
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

/// A statement without parameters that gives one column of `bigint`.
fn prepared() -> Vec<u8> {
    let mut column = b"n\0".to_vec();
    column.extend([0, 0, 0, 0, 0, 0]); // of no table
    column.extend(20_u32.to_be_bytes());
    column.extend(8_u16.to_be_bytes());
    column.extend([0xff, 0xff, 0xff, 0xff, 0, 0]);
    let row = [&1_u16.to_be_bytes()[..], &column].concat();
    [message(b'1', b""), message(b't', &[0, 0]), message(b'T', &row)].concat()
}

async fn ask(options: PostgresOptions) -> Result<Vec<i64>, Error> {
    let backend = orm_postgres::Postgres::new(options).expect("options");
    let asked = async {
        let mut connection = backend.acquire(Access::Read, Operation::new("", "test")).await?;
        let sink = connection.query(sql("SELECT n FROM t", Vec::new()), first_column::<i64>()).await?;
        Ok(collected::<i64>(sink))
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("it does not hang")
}

fn answer(row: &[u8]) -> Vec<u8> {
    [message(b'2', b""), message(b'D', row), message(b'C', b"SELECT 1\0")].concat()
}

#[tokio::test]
async fn the_script_is_understood() {
    let honest = |first| match first {
        b'P' => prepared(),
        _ => answer(&[0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7]),
    };
    assert_eq!(ask(serve(LogIn::Granted, honest).await).await.expect("rows"), [7]);
}

/// Two thousand million rounds of hashing would take half an hour.
#[tokio::test]
async fn rustsec_2026_0178_to_0180_a_server_cannot_ask_for_any_number_of_rounds() {
    let start = Instant::now();
    let error = ask(serve(LogIn::Scram(1 << 31), |_| Vec::new()).await).await.expect_err("too many");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(!format!("{error:?} {error}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn rustsec_2026_0178_to_0180_a_row_that_is_too_short_is_an_error() {
    let rows: [fn(u8) -> Vec<u8>; 5] = [
        // A value longer than the message; one without its length; more values than there are; none; a length below NULL's.
        |first| if first == b'P' { prepared() } else { answer(&[0, 1, 0, 0, 0, 100, 0]) },
        |first| if first == b'P' { prepared() } else { answer(&[0, 1, 0, 0]) },
        |first| if first == b'P' { prepared() } else { answer(&[0, 3, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7]) },
        |first| if first == b'P' { prepared() } else { answer(&[0, 0]) },
        |first| if first == b'P' { prepared() } else { answer(&[0, 1, 0xff, 0xff, 0xff, 0xf0, 0, 0]) },
    ];
    for (at, script) in rows.into_iter().enumerate() {
        let read = ask(serve(LogIn::Granted, script).await).await;
        assert!(read.is_err(), "{at}: {read:?}");
    }
}

#[tokio::test]
async fn messages_that_make_no_sense_end_the_connection() {
    let scripts: [fn(u8) -> Vec<u8>; 4] = [
        // No such message; a length below its own; an answer to another question; a column list that ends early.
        |_| message(b'?', b"what"),
        |_| vec![b'1', 0, 0, 0, 1],
        |_| answer(&[0, 0]),
        |_| [message(b'1', b""), message(b't', &[0, 0]), message(b'T', &[0, 9, b'n', 0])].concat(),
    ];
    for (at, script) in scripts.into_iter().enumerate() {
        let error = ask(serve(LogIn::Granted, script).await).await.expect_err("no answer");
        let kind = error.kind();
        assert!(kind == Some(Kind::ConnectionLost) || kind == Some(Kind::Other), "{at}: {error:?}");
    }
}
