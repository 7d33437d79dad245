//! `health_check_after`.

use super::fake::Pinging;
use super::*;

const IDLE: Duration = Duration::from_secs(30);

/// A pool with connections 0, 1, 2 idle.
async fn three_idle() -> (Fake, Pool<Fake>) {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(3).max_age(None).health_check_after(IDLE));
    let lent = (take(&pool).await, take(&pool).await, take(&pool).await);
    drop(lent);
    (fake, pool)
}

#[tokio::test(start_paused = true)]
async fn only_a_connection_that_was_idle_for_long_is_asked() {
    let (fake, pool) = three_idle().await;
    tokio::time::advance(IDLE).await;
    drop(take(&pool).await);
    assert_eq!(fake.pings(), 0);
    tokio::time::advance(millis(1)).await;
    drop(take(&pool).await);
    assert_eq!(fake.pings(), 1);
    let lent = (take(&pool).await, take(&pool).await, take(&pool).await);
    assert_eq!(fake.pings(), 2, "the one used at 30 s and the one just asked are not asked");
    drop(lent);
    assert_eq!((fake.opened(), fake.discarded()), (3, 0));
    assert_at_rest(&pool, &fake, 3).await;
}

#[tokio::test(start_paused = true)]
async fn without_health_check_none_is_asked() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).max_age(None).health_check_after(None));
    drop(take(&pool).await);
    tokio::time::advance(Duration::from_secs(1_000_000)).await;
    drop(take(&pool).await);
    assert_eq!(fake.pings(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_fails_the_check_is_discarded_and_the_next_is_tried() {
    let (fake, pool) = three_idle().await;
    tokio::time::advance(IDLE * 2).await;
    fake.set_pinging(Pinging::Refused);
    assert_eq!(take(&pool).await.id, 3);
    assert_eq!((fake.pings(), fake.discarded(), fake.live()), (3, 3, 1));
    assert_at_rest(&pool, &fake, 3).await;
}

#[tokio::test(start_paused = true)]
async fn one_silent_connection_costs_a_second_and_not_one_for_each() {
    let (fake, pool) = three_idle().await;
    tokio::time::advance(IDLE * 2).await;
    fake.set_pinging(Pinging::Hangs);
    let start = tokio::time::Instant::now();
    assert_eq!(take(&pool).await.id, 3);
    assert!((millis(1000)..millis(1010)).contains(&start.elapsed()), "{:?}", start.elapsed());
    assert_eq!((fake.pings(), fake.discarded(), fake.live()), (1, 3, 1));
    assert_at_rest(&pool, &fake, 3).await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_lost_while_idle_is_not_even_asked() {
    let (fake, pool) = three_idle().await;
    let lent = take(&pool).await;
    let clean = std::sync::Arc::clone(&lent.clean);
    drop(lent);
    drop((take(&pool).await, take(&pool).await));
    clean.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_ne!(take(&pool).await.id, 0);
    assert_eq!((fake.pings(), fake.discarded(), fake.live()), (0, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_during_the_check_takes_the_connection_along() {
    let (fake, pool) = three_idle().await;
    tokio::time::advance(IDLE * 2).await;
    fake.set_pinging(Pinging::Hangs);
    assert!(tokio::time::timeout(millis(500), pool.acquire(READ)).await.is_err());
    assert_eq!((fake.pings(), fake.discarded(), fake.live(), pool.status().open), (1, 1, 2, 2));
    fake.set_pinging(Pinging::Answered);
    assert_at_rest(&pool, &fake, 3).await;
}
