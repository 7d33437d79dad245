//! A server that refuses, hangs or comes back.

use std::sync::Arc;

use super::*;
use crate::error::DatabaseErrorKind;

/// Starts `count` callers at once and gives their results with the time each took.
async fn all(pool: &Arc<Pool<Fake>>, count: usize) -> Vec<(Result<Pooled<Fake>>, Duration)> {
    let tasks: Vec<_> = (0..count)
        .map(|_| {
            let pool = Arc::clone(pool);
            tokio::spawn(async move {
                let start = tokio::time::Instant::now();
                let result = pool.acquire(READ).await;
                (result, start.elapsed())
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

fn assert_refused(error: &PoolError) {
    let PoolError::Unreachable { source, .. } = error else { panic!("{error}") };
    assert_eq!(source.kind(), Some(DatabaseErrorKind::OutOfResources));
    assert_eq!(
        error.to_string(),
        "cannot connect to fake://memory: out of resources: too many clients (53300)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_at_once_to_all_who_wait() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Refused(millis(20)));
    let pool = Arc::new(Pool::new(fake.clone(), options(4)));
    for (result, took) in all(&pool, 1000).await {
        assert_refused(&pool_error(result));
        assert!(took <= millis(30), "{took:?}");
    }
    assert_eq!(fake.attempts().len(), 1, "one asked for all");
    assert_at_rest(&pool, &fake, 4).await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_is_asked_at_most_twice_a_second() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Refused(millis(1)));
    let pool = Arc::new(Pool::new(fake.clone(), options(20)));
    let start = tokio::time::Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        for (result, _) in all(&pool, 50).await {
            assert_refused(&pool_error(result));
        }
        tokio::time::sleep(millis(7)).await;
    }
    let attempts = fake.attempts();
    assert!((18..=20).contains(&attempts.len()), "{} attempts in 10 s", attempts.len());
    assert!(attempts.windows(2).all(|pair| pair[1] - pair[0] >= millis(500)));
    assert!(attempts.windows(2).any(|pair| pair[1] - pair[0] >= millis(505)), "no jitter");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_begins_to_refuse_gets_four_attempts_and_not_the_whole_pool() {
    let fake = Fake::new();
    let pool = Arc::new(Pool::new(fake.clone(), options(20)));
    let mut lent = Vec::new();
    for _ in 0..5 {
        lent.push(take(&pool).await);
    }
    fake.set_connecting(Connecting::Refused(millis(5)));
    for (result, took) in all(&pool, 100).await {
        assert_refused(&pool_error(result));
        assert!(took <= millis(20), "{took:?}");
    }
    assert_eq!(fake.attempts().len(), 5 + 4);
    drop(lent);
    assert!(pool.acquire(READ).await.is_ok(), "idle connections are lent all the same");
    assert_at_rest(&pool, &fake, 20).await;
}

#[tokio::test(start_paused = true)]
async fn abandoned_attempts_do_not_make_a_storm_on_a_server_that_fails() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(4));
    fake.set_connecting(Connecting::Refused(millis(1)));
    let _ = pool_error(pool.acquire(READ).await);
    fake.set_connecting(Connecting::Hangs);
    let start = tokio::time::Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        let _ = tokio::time::timeout(millis(3), pool.acquire(READ)).await;
        tokio::time::sleep(millis(1)).await;
    }
    assert!(fake.attempts().len() <= 21, "{} attempts", fake.attempts().len());
    assert_at_rest(&pool, &fake, 4).await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_back_serves_the_whole_pool_soon() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Refused(millis(1)));
    let pool = Arc::new(Pool::new(fake.clone(), options(20)));
    assert!(all(&pool, 20).await.iter().all(|(result, _)| result.is_err()));
    fake.set_connecting(Connecting::After(millis(30)));
    let back = tokio::time::Instant::now();
    let first = loop {
        match pool.acquire(READ).await {
            Ok(lent) => break lent,
            Err(_) => tokio::time::sleep(millis(1)).await,
        }
    };
    assert!(back.elapsed() <= millis(600), "{:?}", back.elapsed());
    let lent = all(&pool, 19).await;
    assert!(lent.iter().all(|(result, _)| result.is_ok()));
    assert!(back.elapsed() <= millis(1000), "{:?}", back.elapsed());
    assert_eq!(gauges(&pool), [20, 0, 0, 20]);
    drop(first);
}

#[tokio::test(start_paused = true)]
async fn the_connect_timeout_is_told_to_all_who_wait() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Hangs);
    let pool = Arc::new(Pool::new(fake.clone(), options(4).connect_timeout(millis(300))));
    for (result, took) in all(&pool, 100).await {
        let error = pool_error(result);
        assert!(
            matches!(&error, PoolError::ConnectTimeout { after, .. } if *after == millis(300)),
            "{error}"
        );
        assert!((millis(300)..millis(310)).contains(&took), "{took:?}");
    }
    assert_eq!(fake.attempts().len(), 1);
    assert_at_rest(&pool, &fake, 4).await;
}

#[tokio::test(start_paused = true)]
async fn every_caller_of_a_silent_server_fails_at_its_own_timeout() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Hangs);
    let pool = Arc::new(Pool::new(fake.clone(), options(4).connect_timeout(Duration::from_mins(1))));
    let mut tasks = Vec::new();
    for _ in 0..50 {
        let pool = Arc::clone(&pool);
        tasks.push(tokio::spawn(async move {
            let start = tokio::time::Instant::now();
            (pool_error(pool.acquire(READ).await), start.elapsed())
        }));
        tokio::time::sleep(millis(100)).await;
    }
    for task in tasks {
        let (error, took) = task.await.unwrap();
        assert!((millis(5000)..millis(5100)).contains(&took), "{took:?}");
        assert!(matches!(&error, PoolError::ConnectTimeout { .. }), "{error}");
    }
    assert_at_rest(&pool, &fake, 4).await;
}

#[tokio::test(start_paused = true)]
async fn a_driver_that_panics_while_connecting_costs_nothing() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Panics);
    let pool = Arc::new(Pool::new(fake.clone(), options(2)));
    for (result, _) in all(&pool, 10).await {
        let text = pool_error(result).to_string();
        assert_eq!(text, "cannot connect to fake://memory: database error: the driver panicked");
    }
    assert_eq!(fake.attempts().len(), 1);
    assert_at_rest(&pool, &fake, 2).await;
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_does_not_keep_others_from_connecting() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Hangs);
    let pool = Arc::new(Pool::new(fake.clone(), options(3)));
    let waiting = tokio::spawn({
        let pool = Arc::clone(&pool);
        async move { all(&pool, 3).await }
    });
    tokio::time::sleep(millis(100)).await;
    fake.set_connecting(Connecting::AtOnce);
    let results = waiting.await.unwrap();
    // The second attempt goes through after half a second, the third at once after it; the first stays lost, and
    // so the third caller's own.
    let quick = results.iter().filter(|(result, took)| result.is_ok() && *took <= millis(510)).count();
    assert_eq!(quick, 2);
    let (lost, took) = results.into_iter().find(|(_, took)| *took > millis(510)).unwrap();
    assert!(lost.is_err() && took >= millis(5000), "{took:?}");
    assert_at_rest(&pool, &fake, 3).await;
}

#[tokio::test(start_paused = true)]
async fn everybody_who_hears_of_a_refusal_gets_the_drivers_error() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Refused(millis(1)));
    let pool = Arc::new(Pool::new(fake.clone(), options(2)));
    let with_source = all(&pool, 5)
        .await
        .into_iter()
        .filter(|(result, _)| match result {
            Err(Error::Pool(error)) => match &**error {
                PoolError::Unreachable { source, .. } => std::error::Error::source(&**source).is_some(),
                _ => false,
            },
            _ => false,
        })
        .count();
    assert_eq!(with_source, 5);
}

#[tokio::test(start_paused = true)]
async fn a_runtime_that_is_shut_down_takes_its_attempts_along() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Hangs);
    let pool = Arc::new(Pool::new(fake.clone(), options(1)));
    let shared = Arc::clone(&pool);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let left =
            runtime.block_on(async { tokio::time::timeout(millis(1), shared.acquire(READ)).await.is_err() });
        assert!(left && shared.rules().gate.silent_since().is_some());
    })
    .join()
    .unwrap();
    assert!(pool.rules().gate.silent_since().is_none());
    assert_at_rest(&pool, &fake, 1).await;
}
