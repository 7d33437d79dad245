//! Many tasks on one pool: every row arrives once, and at rest every connection is idle.

use std::collections::HashSet;

use orm::prelude::*;

use crate::support::run_threaded;

#[derive(Model, Debug, Clone, PartialEq)]
struct Entry {
    #[field(primary_key)]
    id: i64,
    task: i64,
    step: i64,
    #[field(default = 0)]
    hits: i64,
}

const TASKS: i64 = 32;
const STEPS: i64 = 15;

#[test]
fn tasks_create_read_and_update_at_once() {
    run_threaded(models![Entry], async |db| {
        let counter = Entry::objects().create(db, |e| e.task(-1).step(0)).await.unwrap();
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let db = db.clone();
                let counter = counter.id;
                tokio::spawn(async move {
                    for step in 0..STEPS {
                        let made = Entry::objects().create(&db, |e| e.task(task).step(step)).await?;
                        assert_eq!((made.task, made.step), (task, step));
                        assert_eq!(Entry::objects().pk(made.id).get(&db).await?, made);
                        let mine = Entry::objects()
                            .filter(|e| e.task.eq(task))
                            .order_by(|e| e.step)
                            .all(&db)
                            .await?;
                        assert!(
                            mine.iter().map(|entry| entry.step).eq(0..=step),
                            "rows of another task or none"
                        );
                        Entry::objects().pk(counter).update(&db, |e| e.hits.set(e.hits + 1)).await?;
                        if step % 5 == 0 {
                            // Abandoned halfway.
                            let mut rows = Entry::objects().stream(&db);
                            rows.try_next().await?;
                        }
                    }
                    Ok::<_, orm::Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("no error");
        }
        let entries = Entry::objects().filter(|e| e.task.ge(0)).all(db).await.unwrap();
        assert_eq!(i64::try_from(entries.len()).unwrap(), TASKS * STEPS);
        let ids: HashSet<i64> = entries.iter().map(|entry| entry.id).collect();
        assert_eq!(ids.len(), entries.len());
        assert_eq!(Entry::objects().pk(counter.id).get(db).await.unwrap().hits, TASKS * STEPS);

        let mut status = db.pool_status();
        for _ in 0..100 {
            if status.open == status.idle && status.waiting == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            status = db.pool_status();
        }
        assert_eq!((status.open, status.waiting), (status.idle, 0), "{status:?}");
        assert!(status.open <= status.max, "{status:?}");
    });
}

#[test]
fn futures_are_send_and_run_together() {
    run_threaded(models![Entry], async |db| {
        let made = futures_util::future::try_join_all(
            (0..20).map(|step| Entry::objects().create(db, move |e| e.task(1).step(step))),
        );
        assert_eq!(made.await.unwrap().len(), 20);
        let (count, first, any) = tokio::join!(
            Entry::objects().count(db),
            Entry::objects().order_by(|e| e.step).first(db),
            Entry::objects().filter(|e| e.step.gt(19)).exists(db),
        );
        assert_eq!((count.unwrap(), first.unwrap().unwrap().step, any.unwrap()), (20, 0, false));
    });
}
