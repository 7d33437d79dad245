//! First come, first served.

use std::sync::{Arc, Mutex};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_hundred_tasks_on_ten_connections_wait_no_longer_than_they_must() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::After(millis(20)));
    let pool = Arc::new(Pool::new(fake.clone(), options(10)));
    let order = Arc::new(Mutex::new(Vec::new()));
    let start = tokio::time::Instant::now();
    let tasks: Vec<_> = (0..100)
        .map(|task| {
            let (pool, order) = (Arc::clone(&pool), Arc::clone(&order));
            tokio::spawn(async move {
                let _lent = take(&pool).await;
                let waited = start.elapsed();
                order.lock().unwrap().push(task);
                tokio::time::sleep(millis(200)).await;
                waited
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.push(task.await.unwrap());
    }
    // The last ten wait for nine rounds of 200 ms.
    let ideal = millis(9 * 200);
    let longest = waits.iter().max().unwrap();
    assert!(*longest <= ideal * 3 / 2, "{longest:?}");
    waits.sort();
    assert!(waits[99] <= waits[50] * 2, "p50 {:?}, p99 {:?}", waits[50], waits[99]);
    assert!(order.lock().unwrap().is_sorted(), "served out of turn");
    assert_at_rest(&pool, &fake, 10).await;
}
