//! What a pool counts.

use super::*;

#[tokio::test(start_paused = true)]
async fn connections_waits_and_time_outs_are_counted() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).acquire_timeout(millis(100)));
    let status = pool.status();
    assert_eq!((status.opened, status.closed, status.waits, status.timeouts), (0, 0, 0, 0));

    let first = take(&pool).await;
    let (late, ()) = tokio::join!(pool.acquire(READ), async {
        tokio::time::sleep(millis(30)).await;
        drop(first);
    });
    let second = late.expect("the first's");
    assert!(matches!(pool_error(pool.acquire(READ).await), PoolError::Exhausted { .. }));
    let status = pool.status();
    // Three waited: for the connection to be opened, for it to come back, and in vain.
    assert_eq!((status.opened, status.closed, status.waits, status.timeouts), (1, 0, 3, 1));
    assert!((millis(130)..millis(133)).contains(&status.waited), "{:?}", status.waited);
    assert_eq!((status.in_use(), status.idle), (1, 0));

    second.discard();
    drop(take(&pool).await);
    let status = pool.status();
    assert_eq!((status.opened, status.closed, status.in_use()), (2, 1, 0));
    pool.close();
    assert_eq!((pool.status().opened, pool.status().closed), (2, 2));
}
