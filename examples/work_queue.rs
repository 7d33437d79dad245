//! A queue of jobs in a table: workers take different jobs without waiting for each other, a job that fails is tried
//! again, and none is done twice: `cargo run --example work_queue`.
//!
//! On a server: `cargo run --example work_queue --features postgres -- --url postgres://user:password@localhost/jobs`
//! (for MySQL or MariaDB `--features mysql` and a `mysql://` URL).

use orm::prelude::*;
use orm::{AnyBackend, AnyDatabase};

#[derive(Model, Debug, Clone)]
// The index leads to the next job without looking at others: MySQL and MariaDB lock what they look at.
#[model(table = "work_queue_job", index(done_by, attempts))]
pub struct Job {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 40)]
    pub task: String,
    #[field(default = 0)]
    pub attempts: i32,
    pub done_by: Option<i64>,
}

const WORKERS: i64 = 4;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let db = orm::connect(&url_argument()).await?;
    println!("A queue on {}\n", db.dialect().name());
    db.drop_tables(models![Job]).await?;
    db.create_tables(models![Job]).await?;
    for number in 0..24 {
        Job::objects().create(&db, |j| j.task(format!("letter {number}"))).await?;
    }

    let workers: Vec<_> = (0..WORKERS).map(|worker| tokio::spawn(work(db.clone(), worker))).collect();
    for worker in workers {
        worker.await??;
    }

    for worker in 0..WORKERS {
        let done = Job::objects().filter(|j| j.done_by.eq(worker)).count(&db).await?;
        println!("worker {worker}: {done} jobs");
    }
    let again = Job::objects().filter(|j| j.attempts.gt(0)).count(&db).await?;
    println!("{again} failed once");
    assert_eq!(Job::objects().filter(|j| j.done_by.is_null()).count(&db).await?, 0);
    assert_eq!(again, 4);

    db.drop_tables(models![Job]).await?;
    Ok(())
}

/// Does one job after another until none is left.
async fn work(db: AnyDatabase, worker: i64) -> orm::Result<()> {
    loop {
        let more = db
            .atomic(async |tx| {
                // Those that others are at are locked, and left out.
                let open = Job::objects().filter(|j| j.done_by.is_null()).order_by(|j| (j.attempts, j.id));
                let Some(job) = open.select_for_update().skip_locked().first(tx).await? else {
                    return Ok::<_, orm::Error>(false);
                };
                // What the task did is undone when it fails; that it was tried is kept.
                let done = tx.atomic(async |sp| perform(sp, &job, worker).await).await;
                if done.is_err() {
                    Job::objects().pk(job.id).update(tx, |j| j.attempts.set(j.attempts + 1)).await?;
                }
                Ok(true)
            })
            .await?;
        if !more {
            return Ok(());
        }
    }
}

/// Every fifth task fails at first.
async fn perform(tx: &Transaction<AnyBackend>, job: &Job, worker: i64) -> orm::Result<()> {
    Job::objects().pk(job.id).update(tx, |j| j.done_by.set(worker)).await?;
    tokio::task::yield_now().await;
    if job.id % 5 == 0 && job.attempts == 0 && job.id <= 25 {
        return Err(orm::Error::InvalidQuery("the printer is out of paper".into()));
    }
    Ok(())
}

fn url_argument() -> String {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--url"), Some(url)) => url,
        (None, _) => "sqlite::memory:".to_owned(),
        _ => {
            eprintln!("usage: work_queue [--url sqlite:…|postgres://…|mysql://…]");
            std::process::exit(2);
        }
    }
}
