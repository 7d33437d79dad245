//! Servers that want more than they should have, or do not keep to the protocol.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm_core::Error;
use orm_core::backend::{Backend, Connection};
use orm_core::compile::Access;
use orm_core::error::{DatabaseErrorKind as Kind, PoolError};
use orm_mysql::MySqlOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::support::*;

const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];
/// The end of a result.
const END: &[u8] = &[0xfe, 0, 0, 2, 0, 0, 0];

/// Answers each command after the log-in with what `script` gives for it, and notes what the client sends.
async fn serve(script: fn(&[u8]) -> Vec<Vec<u8>>) -> (MySqlOptions, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = talk(stream, script, &log).await;
        }
    });
    (MySqlOptions::new("127.0.0.1", "d").port(port).user("me").password("canary"), seen)
}

async fn talk(
    mut stream: TcpStream,
    script: fn(&[u8]) -> Vec<Vec<u8>>,
    log: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    write_packet(&mut stream, 0, &greeting()).await?;
    let (number, _) = read_packet(&mut stream).await?;
    write_packet(&mut stream, number + 1, OK).await?;
    loop {
        let (mut number, command) = read_packet(&mut stream).await?;
        log.lock().unwrap().push(command.clone());
        for answer in script(&command) {
            number = number.wrapping_add(1);
            write_packet(&mut stream, number, &answer).await?;
        }
    }
}

async fn read_packet(stream: &mut TcpStream) -> std::io::Result<(u8, Vec<u8>)> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).await?;
    let mut payload = vec![0; u32::from_le_bytes([header[0], header[1], header[2], 0]) as usize];
    stream.read_exact(&mut payload).await?;
    Ok((header[3], payload))
}

async fn write_packet(stream: &mut TcpStream, number: u8, payload: &[u8]) -> std::io::Result<()> {
    let mut packet = u32::try_from(payload.len()).unwrap().to_le_bytes();
    packet[3] = number;
    stream.write_all(&packet).await?;
    stream.write_all(payload).await
}

fn greeting() -> Vec<u8> {
    let mut packet = vec![10];
    packet.extend(b"8.0.99\0\x01\0\0\0saltsalt\0");
    // Protocol 4.1, transactions, secure connection, several statements; log-in by plug-in, results end with OK.
    packet.extend([0x08, 0xa2, 45, 2, 0, 0x0b, 0x01, 21]);
    packet.extend([0; 10]);
    packet.extend(b"saltsaltsalt\0mysql_native_password\0");
    packet
}

fn text(value: &[u8]) -> Vec<u8> {
    let mut out = vec![u8::try_from(value.len()).unwrap()];
    out.extend(value);
    out
}

fn column(kind: u8) -> Vec<u8> {
    let mut out = text(b"def");
    for _ in 0..3 {
        out.extend(text(b""));
    }
    out.extend(text(b"c"));
    out.extend(text(b"c"));
    out.extend([0x0c, 45, 0, 255, 0, 0, 0, kind, 0, 0, 0, 0, 0]);
    out
}

/// What an honest server says about itself.
fn facts() -> Vec<Vec<u8>> {
    let mut answer = vec![vec![5]];
    answer.extend((0..5).map(|_| column(253)));
    answer.push([&b"8.0.99"[..], b"16777216", b"0", b"h:1:1", b"1"].into_iter().flat_map(text).collect());
    answer.push(END.to_vec());
    answer
}

fn is_query(command: &[u8], start: &[u8]) -> bool {
    command.strip_prefix(&[3]).is_some_and(|text| text.starts_with(start))
}

fn honest_until_prepared(command: &[u8]) -> Option<Vec<Vec<u8>>> {
    if is_query(command, b"SELECT @@version") {
        Some(facts())
    } else if is_query(command, b"SET ") || command == [14] {
        Some(vec![OK.to_vec()])
    } else {
        None
    }
}

async fn failure(options: MySqlOptions) -> Error {
    match soon(Duration::from_secs(5), orm_mysql::connect_with(options)).await {
        Err(Error::Pool(error)) => match *error {
            PoolError::Unreachable { source, .. } => *source,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_local_file_is_never_sent() {
    let asks = |command: &[u8]| match honest_until_prepared(command) {
        Some(answer) if !is_query(command, b"SET ") => answer,
        _ => vec![b"\xfb/etc/passwd".to_vec()],
    };
    let (options, seen) = serve(asks).await;
    let error = failure(options).await;
    assert_eq!(error.kind(), Some(Kind::PermissionDenied), "{error:?}");
    tokio::time::sleep(Duration::from_millis(50)).await;
    // Nothing was sent after the request: the connection was closed.
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(!seen.iter().any(|packet| packet.windows(5).any(|part| part == b"root:")));
}

#[tokio::test]
async fn an_answer_of_another_shape_is_an_error() {
    let (options, _) = serve(|_| vec![OK.to_vec()]).await;
    assert!(failure(options).await.is_connection_lost());
    let (options, _) = serve(|_| vec![vec![1], column(253), vec![0xfb], END.to_vec()]).await;
    assert!(failure(options).await.is_connection_lost());
    let (options, _) = serve(|_| vec![vec![0xff, 0x7f]]).await;
    assert!(failure(options).await.kind().is_some());
    let (options, _) = serve(|_| vec![vec![]]).await;
    assert!(failure(options).await.kind().is_some());
}

#[tokio::test]
async fn a_column_type_that_does_not_exist_is_an_error() {
    let script = |command: &[u8]| match honest_until_prepared(command) {
        Some(answer) => answer,
        // A statement without parameters and one column, and then a row of it in a type of the binary log.
        None if command.first() == Some(&22) => vec![vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], column(253)],
        None => vec![vec![1], column(17), vec![0, 0, 1, 2, 3, 4, 5, 6, 7, 8], END.to_vec()],
    };
    let (options, _) = serve(script).await;
    let db = orm_mysql::connect_with(options).await.unwrap();
    let mut c = db.acquire(Access::Read, operation()).await.unwrap();
    assert_eq!(
        kind(super::support::column::<i64>(&mut c, "SELECT 1", vec![]).await),
        Some(Kind::ConnectionLost)
    );
}

#[tokio::test]
async fn a_full_server_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Error 1040 instead of a greeting.
            let _ = write_packet(&mut stream, 0, b"\xff\x10\x04Too many connections").await;
        }
    });
    let error = failure(MySqlOptions::new("127.0.0.1", "d").port(port)).await;
    assert_eq!(error.kind(), Some(Kind::OutOfResources), "{error:?}");
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let pool = orm_core::backend::PoolOptions::default().connect_timeout(Duration::from_millis(300));
    let options = MySqlOptions::new("127.0.0.1", "d").port(port).pool(pool);
    let Err(Error::Pool(error)) = soon(Duration::from_secs(1), orm_mysql::connect_with(options)).await else {
        panic!("there was nobody to answer");
    };
    assert!(matches!(*error, PoolError::ConnectTimeout { .. }), "{error:?}");
}

#[tokio::test]
async fn b7_a_connection_is_not_used_past_the_server_s_patience() {
    // It says that it closes what is idle for a second.
    let (options, seen) = serve(|command| {
        let done = is_query(command, b"DO 1").then(|| vec![OK.to_vec()]);
        honest_until_prepared(command).or(done).unwrap_or_default()
    })
    .await;
    let pool = orm_core::backend::PoolOptions::default().pool_size(1).health_check_after(None);
    let db = orm_mysql::connect_with(options.pool(pool)).await.unwrap();
    let log_ins = || {
        let seen = seen.lock().unwrap();
        seen.iter().filter(|command| is_query(command, b"SELECT @@version")).count()
    };
    for (idle, expected) in [(0, 1), (100, 1), (1_000, 2), (0, 2)] {
        tokio::time::sleep(Duration::from_millis(idle)).await;
        soon(Duration::from_secs(5), acquire(&db)).await.batch("DO 1").await.unwrap();
        assert_eq!(log_ins(), expected, "idle for {idle} ms");
    }
}
