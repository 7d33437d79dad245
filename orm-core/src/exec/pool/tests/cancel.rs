//! Callers who go away while they wait or connect.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::*;

/// 10,000 callers with 0 to 5 ms of patience; who gets a connection holds it for up to 1 ms.
async fn impatient(pool: &Arc<Pool<Fake>>) -> usize {
    let random = RandomState::new();
    let tasks: Vec<_> = (0..10_000)
        .map(|caller| {
            let pool = Arc::clone(pool);
            let drawn = random.hash_one(caller);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_micros(drawn / 10_000 % 50_000)).await;
                let patience = Duration::from_micros(drawn % 5_000);
                let Ok(Ok(lent)) = tokio::time::timeout(patience, pool.acquire(READ)).await else {
                    return 0;
                };
                tokio::time::sleep(Duration::from_micros(drawn / 5_000 % 1_000)).await;
                if drawn.is_multiple_of(7) {
                    lent.discard();
                }
                1
            })
        })
        .collect();
    let mut served = 0;
    for task in tasks {
        served += task.await.unwrap();
    }
    served
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_impatient_callers_leave_no_trace() {
    for (overflow, connecting) in [
        (0, Connecting::AtOnce),
        (0, Connecting::After(millis(3))),
        (3, Connecting::After(millis(2))),
        (0, Connecting::Refused(millis(1))),
        (0, Connecting::Hangs),
    ] {
        let fake = Fake::new();
        fake.set_connecting(connecting);
        let pool = Arc::new(Pool::new(fake.clone(), options(4).max_overflow(overflow)));
        let served = impatient(&pool).await;
        assert_eq!(served > 0, !matches!(connecting, Connecting::Hangs | Connecting::Refused(_)));
        assert!(fake.live() <= 4, "{} open at rest", fake.live());
        assert_at_rest(&pool, &fake, 4 + overflow).await;
    }
}

#[test]
fn ten_thousand_impatient_callers_on_two_threads_leave_no_trace() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let fake = Fake::new();
    fake.set_connecting(Connecting::After(millis(1)));
    let pool = Arc::new(Pool::new(fake.clone(), options(3).max_overflow(1_usize)));
    runtime.block_on(async {
        let shared = Arc::clone(&pool);
        assert!(tokio::spawn(async move { impatient(&shared).await }).await.unwrap() > 0);
        assert!(fake.live() <= 3, "{} open at rest", fake.live());
        assert_at_rest(&pool, &fake, 4).await;
    });
}

#[tokio::test(start_paused = true)]
async fn a_caller_dropped_at_any_time_leaves_no_trace() {
    for patience in 0..8 {
        let fake = Fake::new();
        fake.set_connecting(Connecting::After(millis(4)));
        let pool = Pool::new(fake.clone(), options(1));
        let served = tokio::time::timeout(millis(patience), pool.acquire(READ)).await.is_ok();
        assert_eq!((served, pool.status().waiting), (patience > 4, 0), "{patience} ms");
        assert_at_rest(&pool, &fake, 1).await;
        assert_eq!(fake.opened(), 1, "what was begun for who left is used");
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_behind_a_caller_who_went_away_gets_its_connection() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::After(millis(100)));
    let pool = Pool::new(fake.clone(), options(1));
    let start = tokio::time::Instant::now();
    let (first, second) =
        tokio::join!(tokio::time::timeout(millis(50), pool.acquire(READ)), pool.acquire(READ));
    assert!(first.is_err() && second.is_ok());
    assert!(start.elapsed() < millis(110), "{:?}", start.elapsed());
    assert_eq!(fake.attempts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn callers_with_less_patience_than_a_login_takes_get_a_connection_in_the_end() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::After(millis(20)));
    let pool = Pool::new(fake.clone(), options(4));
    let mut attempts = 0;
    while !matches!(tokio::time::timeout(millis(5), pool.acquire(READ)).await, Ok(Ok(_))) {
        attempts += 1;
    }
    assert!((3..=4).contains(&attempts), "{attempts}");
    assert_eq!(fake.attempts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_opened_for_nobody_is_not_kept_beyond_pool_size() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).max_overflow(1_usize));
    let lent = take(&pool).await;
    fake.set_connecting(Connecting::After(millis(20)));
    assert!(tokio::time::timeout(millis(5), pool.acquire(READ)).await.is_err());
    tokio::time::sleep(millis(20)).await;
    assert_eq!((fake.opened(), fake.live(), pool.status().open), (2, 1, 1));
    drop(lent);
    assert_at_rest(&pool, &fake, 2).await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_opened_for_nobody_is_looked_at_before_it_is_lent() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).max_age(Duration::from_secs(10)));
    fake.set_connecting(Connecting::After(millis(20)));
    assert!(tokio::time::timeout(millis(5), pool.acquire(READ)).await.is_err());
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!((pool.status().open, pool.status().idle), (1, 1));
    assert_eq!(take(&pool).await.id, 1);
    assert_at_rest(&pool, &fake, 1).await;
}
