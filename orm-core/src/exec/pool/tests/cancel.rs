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
async fn a_caller_dropped_after_any_poll_leaves_no_trace() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1));
    for polls in 0..8 {
        fake.set_connecting(Connecting::After(millis(4)));
        {
            let mut acquire = std::pin::pin!(pool.acquire(READ));
            for _ in 0..polls {
                let _ = tokio::time::timeout(millis(1), acquire.as_mut())
                    .await
                    .map(|lent| lent.map(Pooled::discard));
                if pool.status().waiting == 0 {
                    break;
                }
            }
        }
        assert_eq!((pool.status().waiting, pool.status().open, fake.live()), (0, 0, 0), "{polls} polls");
    }
    assert_at_rest(&pool, &fake, 1).await;
}

#[tokio::test(start_paused = true)]
async fn who_waits_behind_a_caller_who_went_away_takes_over() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::After(millis(100)));
    let pool = Pool::new(fake.clone(), options(2));
    let (first, second) =
        tokio::join!(tokio::time::timeout(millis(50), pool.acquire(READ)), pool.acquire(READ));
    assert!(first.is_err() && second.is_ok());
    assert_eq!(fake.attempts().len(), 2);
}
