//! Closing the pool.

use super::fake::Pinging;
use super::*;

#[tokio::test(start_paused = true)]
async fn closing_ends_those_who_wait_and_idle_connections_at_once() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(2));
    let (lent, idle) = (take(&pool).await, take(&pool).await);
    let start = tokio::time::Instant::now();
    let (waiting, other) = {
        let _second = idle;
        tokio::join!(pool.acquire(READ), async {
            tokio::time::sleep(millis(10)).await;
            pool.close();
            assert!(!start.elapsed().is_zero());
        })
    };
    let () = other;
    assert!(matches!(pool_error(waiting), PoolError::Closed));
    assert_eq!(start.elapsed(), millis(10));
    assert_eq!((fake.live(), gauges(&pool)), (1, [1, 0, 0, 0]));
    assert!(matches!(pool_error(pool.acquire(READ).await), PoolError::Closed));
    drop(lent);
    assert_eq!((fake.live(), fake.discarded(), gauges(&pool)), (0, 0, [0; 4]));
    pool.close();
    assert_eq!(gauges(&pool), [0; 4]);
}

#[tokio::test(start_paused = true)]
async fn closing_closes_idle_connections_and_one_that_was_promised() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(3));
    let (first, second, third) = (take(&pool).await, take(&pool).await, take(&pool).await);
    let mut waiter = std::pin::pin!(pool.acquire(READ));
    assert!(tokio::time::timeout(millis(1), waiter.as_mut()).await.is_err());
    // The first goes to the waiter, who has not run yet; the second lies idle.
    drop((first, second));
    pool.close();
    assert_eq!(fake.live(), 1);
    assert!(matches!(pool_error(waiter.await), PoolError::Closed));
    drop(third);
    assert_eq!((fake.live(), gauges(&pool)), (0, [0; 4]));
}

#[tokio::test(start_paused = true)]
async fn closing_ends_those_who_connect_or_wait_for_it() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Hangs);
    let pool = Pool::new(fake.clone(), options(2));
    let start = tokio::time::Instant::now();
    let (first, second, third, ()) =
        tokio::join!(pool.acquire(READ), pool.acquire(READ), pool.acquire(READ), async {
            tokio::time::sleep(millis(10)).await;
            assert_eq!(gauges(&pool), [0, 0, 3, 2]);
            pool.close();
        });
    for result in [first, second, third] {
        assert!(matches!(pool_error(result), PoolError::Closed));
    }
    assert_eq!((start.elapsed(), gauges(&pool)), (millis(10), [0; 4]));
}

#[tokio::test(start_paused = true)]
async fn closing_ends_a_health_check() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1));
    drop(take(&pool).await);
    tokio::time::advance(Duration::from_mins(1)).await;
    fake.set_pinging(Pinging::Hangs);
    let start = tokio::time::Instant::now();
    let (result, ()) = tokio::join!(pool.acquire(READ), async {
        tokio::time::sleep(millis(10)).await;
        pool.close();
    });
    assert!(matches!(pool_error(result), PoolError::Closed));
    assert_eq!((start.elapsed(), fake.live(), gauges(&pool)), (millis(10), 0, [0; 4]));
}
