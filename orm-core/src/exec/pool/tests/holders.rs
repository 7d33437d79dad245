//! The message of the acquire time-out: exhausted, or unreachable?

use std::panic::Location;

use super::fake::Pinging;
use super::*;

#[tokio::test(start_paused = true)]
async fn an_exhausted_pool_names_its_holders_the_longest_first() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(2).acquire_timeout(millis(500)));
    let here = Location::caller();
    let _stream = pool.acquire(Operation::new("Post", "stream").at(here)).await.unwrap();
    tokio::time::advance(Duration::from_secs(3)).await;
    let _atomic = pool.acquire(Operation::new("", "atomic")).await.unwrap();
    tokio::time::advance(Duration::from_secs(1)).await;
    let error = pool_error(pool.acquire(READ).await);
    let PoolError::Exhausted { waited, size, holders } = &error else { panic!("{error}") };
    assert_eq!((*size, holders.len()), (2, 2));
    assert!((millis(500)..millis(510)).contains(waited), "{waited:?}");
    assert_eq!(holders[0].location, Some(here));
    let text = error.to_string();
    let expected = format!("held by Post.stream ({}:{}) for 4.5s, atomic for 1.5s", file!(), here.line());
    assert!(text.contains(&expected), "{text}");
    assert!(text.contains("waits for itself"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn who_gave_back_is_no_holder() {
    let pool = Pool::new(Fake::new(), options(1).acquire_timeout(millis(500)));
    drop(pool.acquire(Operation::new("User", "first")).await.unwrap());
    let _lent = take(&pool).await;
    let text = pool_error(pool.acquire(READ).await).to_string();
    assert!(text.contains("Post.all") && !text.contains("User.first"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn ten_tasks_that_each_want_two_of_ten_are_told_of_nested_use() {
    let fake = Fake::new();
    let pool = std::sync::Arc::new(Pool::new(fake.clone(), options(10)));
    let start = tokio::time::Instant::now();
    let tasks = (0..10).map(|_| {
        let pool = std::sync::Arc::clone(&pool);
        tokio::spawn(async move {
            let outer = take(&pool).await;
            tokio::task::yield_now().await;
            (pool_error(pool.acquire(READ).await).to_string(), outer)
        })
    });
    let mut outer = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        let (text, lent) = task.await.unwrap();
        outer.push(lent);
        assert!(text.contains("pool exhausted") && text.contains("and 5 more"), "{text}");
    }
    assert!((millis(5000)..millis(5100)).contains(&start.elapsed()));
    drop(outer);
    assert_at_rest(&pool, &fake, 10).await;
}

#[tokio::test(start_paused = true)]
async fn who_connects_and_who_waits_for_it_are_told_that_the_server_is_silent() {
    let fake = Fake::new();
    fake.set_connecting(Connecting::Hangs);
    let pool = Pool::new(fake.clone(), options(1).acquire_timeout(millis(800)));
    let (first, second) = tokio::join!(pool.acquire(READ), pool.acquire(READ));
    for error in [pool_error(first), pool_error(second)] {
        assert!(matches!(&error, PoolError::ConnectTimeout { .. }), "{error}");
        let text = error.to_string();
        assert_eq!(text, "server unreachable: connecting to fake://memory took longer than 800.0ms");
    }
    assert_at_rest(&pool, &fake, 1).await;
}

#[tokio::test(start_paused = true)]
async fn some_lent_and_the_rest_hanging_is_unreachable() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(3));
    let _lent = (take(&pool).await, take(&pool).await);
    fake.set_connecting(Connecting::Hangs);
    let (first, second) = tokio::join!(pool.acquire(READ), pool.acquire(READ));
    assert!(matches!(pool_error(first), PoolError::ConnectTimeout { .. }));
    assert!(matches!(pool_error(second), PoolError::ConnectTimeout { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_health_check_without_answer_leaves_time_to_connect() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).acquire_timeout(millis(400)));
    drop(take(&pool).await);
    tokio::time::advance(Duration::from_mins(1)).await;
    fake.set_pinging(Pinging::Hangs);
    assert_eq!(take(&pool).await.id, 1);
    fake.set_connecting(Connecting::Hangs);
    tokio::time::advance(Duration::from_mins(1)).await;
    let error = pool_error(pool.acquire(READ).await);
    assert!(matches!(&error, PoolError::ConnectTimeout { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_served_but_too_long_is_exhausted() {
    let fake = Fake::new();
    let pool = Pool::new(fake.clone(), options(1).acquire_timeout(millis(500)));
    let pool = std::sync::Arc::new(pool);
    fake.set_connecting(Connecting::After(millis(10)));
    // Each connection is given up after use, so that one is always just being opened.
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let pool = std::sync::Arc::clone(&pool);
            tokio::spawn(async move {
                let lent = pool.acquire(READ).await?;
                tokio::time::sleep(millis(90)).await;
                lent.discard();
                Ok(())
            })
        })
        .collect();
    let mut failed = 0;
    for task in tasks {
        if let Err(error) = task.await.unwrap() {
            let error = pool_error::<()>(Err(error));
            assert!(matches!(&error, PoolError::Exhausted { .. }), "{error}");
            failed += 1;
        }
    }
    assert!((14..=15).contains(&failed), "{failed}");
    assert_at_rest(&pool, &fake, 1).await;
}
