//! Clean or closed.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering::SeqCst;

use super::*;

#[tokio::test(start_paused = true)]
async fn an_unclean_connection_is_discarded() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1));
    let lent = take(&pool).await;
    lent.clean.store(false, SeqCst);
    drop(lent);
    assert_eq!((fake.discarded(), fake.live(), pool.status().open), (1, 0, 0));
    assert_eq!(take(&pool).await.id, 1);
    assert_at_rest(&pool, &fake, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_clean_connection_may_be_given_up() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1));
    take(&pool).await.discard();
    assert_eq!((fake.discarded(), fake.live(), pool.status().open), (1, 0, 0));
    assert_at_rest(&pool, &fake, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_panics_leave_the_pool_whole() {
    let fake = Fake::new();
    let pool = std::sync::Arc::new(Pool::new(fake.clone(), options(2)));
    for round in 0..500 {
        let lent = take(&pool).await;
        let caught = std::panic::catch_unwind(AssertUnwindSafe(move || {
            let _lent = lent;
            std::panic::resume_unwind(Box::new(round));
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&round));
        let shared = std::sync::Arc::clone(&pool);
        let task = tokio::spawn(async move {
            let _lent = take(&shared).await;
            std::panic::resume_unwind(Box::new(round));
        });
        assert!(task.await.unwrap_err().is_panic());
    }
    assert_eq!((fake.discarded(), fake.live()), (1000, 0));
    assert_at_rest(&pool, &fake, 2).await;
}

#[test]
fn connections_and_pool_may_be_dropped_outside_a_runtime() {
    let fake = Fake::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let pool = Pool::new(fake.clone(), options(3));
    let (clean, unclean, late) =
        runtime.block_on(async { (take(&pool).await, take(&pool).await, take(&pool).await) });
    drop(runtime);
    unclean.clean.store(false, SeqCst);
    drop((clean, unclean));
    assert_eq!((fake.discarded(), fake.live(), pool.status().open), (1, 2, 2));
    drop(pool);
    assert_eq!(fake.live(), 1);
    drop(late);
    assert_eq!((fake.discarded(), fake.live()), (1, 0));
}

#[test]
fn an_idle_connection_is_lent_without_a_runtime() {
    let pool = Pool::new(Fake::new(), options(1));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    drop(runtime.block_on(take(&pool)));
    drop(runtime);
    let mut acquire = std::pin::pin!(pool.acquire(READ));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(acquire.as_mut().poll(&mut context).is_ready());
}
