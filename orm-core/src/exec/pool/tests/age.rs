//! `max_age`.

use super::*;

const AGED: Duration = Duration::from_secs(100);

#[tokio::test(start_paused = true)]
async fn an_old_connection_is_replaced_when_taken() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).max_age(AGED));
    drop(take(&pool).await);
    tokio::time::advance(Duration::from_secs(79)).await;
    assert_eq!(take(&pool).await.id, 0);
    tokio::time::advance(Duration::from_secs(22)).await;
    assert_eq!(take(&pool).await.id, 1);
    assert_eq!((fake.live(), fake.most_live(), fake.discarded()), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_old_connection_is_closed_when_it_comes_back() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).max_age(AGED));
    let lent = take(&pool).await;
    tokio::time::advance(AGED).await;
    drop(lent);
    assert_eq!((fake.live(), fake.discarded(), pool.status().open), (0, 0, 0));
    assert_at_rest(&pool, &fake, 1).await;
}

#[tokio::test(start_paused = true)]
async fn without_max_age_none_is_replaced() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).max_age(None));
    drop(take(&pool).await);
    tokio::time::advance(Duration::from_secs(1_000_000)).await;
    assert_eq!(take(&pool).await.id, 0);
}

#[tokio::test(start_paused = true)]
async fn connections_of_one_age_are_replaced_bit_by_bit() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(100).max_age(Duration::from_secs(10)));
    let mut busiest = 0;
    let mut before = None;
    for step in 0..150 {
        let mut lent = Vec::new();
        for _ in 0..100 {
            lent.push(take(&pool).await);
        }
        drop(lent);
        if step % 10 == 9 {
            let opened = fake.opened();
            busiest = busiest.max(before.map_or(0, |before| opened - before));
            before = Some(opened);
        }
        tokio::time::advance(millis(100)).await;
    }
    assert!(fake.opened() >= 200, "all were replaced: {}", fake.opened());
    assert!(busiest <= 20, "{busiest} in one second");
    assert_eq!(fake.most_live(), 100);
}
