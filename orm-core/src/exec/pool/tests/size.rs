//! `pool_size` and `max_overflow`.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_connection_that_came_back_is_lent_again() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(4));
    assert_eq!(pool.status().open, 0);
    for _ in 0..10 {
        assert_eq!(take(&pool).await.id, 0);
    }
    assert_eq!((fake.opened(), fake.pings()), (1, 0));
    assert_at_rest(&pool, &fake, 4).await;
}

#[tokio::test(start_paused = true)]
async fn overflow_connections_close_when_they_come_back_and_nobody_waits() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(2).max_overflow(3_usize));
    let mut lent = Vec::new();
    for _ in 0..5 {
        lent.push(take(&pool).await);
    }
    assert_eq!(gauges(&pool), [5, 0, 0, 5]);
    for open in [4, 3, 2, 2, 2] {
        lent.pop();
        assert_eq!((pool.status().open, fake.live()), (open, open));
    }
    assert_eq!((pool.status().idle, fake.discarded()), (2, 0));
    assert_at_rest(&pool, &fake, 5).await;
}

#[tokio::test(start_paused = true)]
async fn an_overflow_connection_is_kept_for_who_waits() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).max_overflow(1_usize));
    let (first, second) = (take(&pool).await, take(&pool).await);
    let (third, ()) = tokio::join!(pool.acquire(READ), async {
        tokio::time::sleep(millis(10)).await;
        assert_eq!(pool.status().waiting, 1);
        drop(second);
    });
    assert_eq!((third.expect("the second's").id, fake.opened()), (1, 2));
    drop(first);
    assert_eq!(pool.status().open, 1);
    assert_at_rest(&pool, &fake, 2).await;
}

#[tokio::test(start_paused = true)]
async fn an_overflow_connection_kept_for_a_waiter_who_went_away_is_closed() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).max_overflow(1_usize));
    let (first, second) = (take(&pool).await, take(&pool).await);
    {
        let mut waiter = std::pin::pin!(pool.acquire(READ));
        assert!(tokio::time::timeout(millis(1), waiter.as_mut()).await.is_err());
        drop(first);
        drop(second);
        // `waiter` was given its turn, and is dropped without being polled again.
    }
    assert_eq!((pool.status().open, fake.live()), (1, 1));
    assert_at_rest(&pool, &fake, 2).await;
}

#[tokio::test(start_paused = true)]
async fn senseless_sizes_make_a_pool_that_works() {
    let pool = Pool::new(Fake::new(), options(0));
    assert_eq!(pool.status().max, 1);
    drop(take(&pool).await);
    assert_eq!(pool.status().open, 0, "none is kept open");
    let pool = Pool::new(Fake::new(), options(usize::MAX).max_overflow(usize::MAX));
    assert_eq!(pool.status().max, 65_536);
    let pool = Pool::new(Fake::new(), options(1).max_age(Duration::MAX).acquire_timeout(Duration::MAX));
    drop(take(&pool).await);
}

#[test]
fn pool_and_its_futures_may_be_sent() {
    fn is_send<T: Send>(_: &T) {}
    fn is_sync<T: Sync>(_: &T) {}
    let pool = Pool::new(Fake::new(), options(1));
    is_send(&pool);
    is_sync(&pool);
    let acquire = pool.acquire(READ);
    is_send(&acquire);
    assert!(size_of_val(&acquire) <= 1400, "{} bytes in every query's future", size_of_val(&acquire));
}
