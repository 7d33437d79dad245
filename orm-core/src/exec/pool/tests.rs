//! The pool against a driver made of memory, on tokio's paused clock: time passes only while everybody waits.

mod age;
mod cancel;
mod clean;
mod close;
mod failure;
mod fairness;
mod fake;
mod health;
mod holders;
mod log;
mod size;

use std::time::Duration;

use super::{Pool, Pooled};
use crate::backend::PoolOptions;
use crate::compile::Operation;
use crate::error::{Error, PoolError, Result};
use fake::{Connecting, Fake};

const READ: Operation = Operation::new("Post", "all");

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn options(pool_size: usize) -> PoolOptions {
    PoolOptions::default().pool_size(pool_size)
}

async fn take(pool: &Pool<Fake>) -> Pooled<Fake> {
    pool.acquire(READ).await.expect("a connection")
}

fn pool_error<T>(result: Result<T>) -> PoolError {
    match result {
        Err(Error::Pool(error)) => *error,
        Err(other) => panic!("not an error of the pool: {other}"),
        Ok(_) => panic!("a connection, where an error was expected"),
    }
}

/// Open, idle, waiting, most.
fn gauges(pool: &Pool<Fake>) -> [usize; 4] {
    let status = pool.status();
    [status.open, status.idle, status.waiting, status.max]
}

/// At rest every permit is back and the gauges say so: `max` connections can be had at once, and no more.
async fn assert_at_rest(pool: &Pool<Fake>, fake: &Fake, max: usize) {
    // Attempts whose callers left go on for up to the connect time-out; a failure is told for half a second.
    while pool.rules().gate.silent_since().is_some() {
        tokio::time::sleep(millis(10)).await;
    }
    tokio::time::sleep(millis(600)).await;
    let status = pool.status();
    assert_eq!((status.waiting, status.max), (0, max), "{status:?}");
    assert_eq!(status.open, status.idle, "{status:?}");
    assert_eq!(status.open, fake.live(), "{status:?}");
    assert!(fake.most_live() <= max, "{} connections at once", fake.most_live());

    fake.set_connecting(Connecting::AtOnce);
    let mut all = Vec::new();
    for _ in 0..max {
        all.push(take(pool).await);
    }
    assert!(tokio::time::timeout(millis(1), pool.acquire(READ)).await.is_err(), "one more than {max}");
    assert_eq!((pool.status().open, pool.status().idle), (max, 0));
}
