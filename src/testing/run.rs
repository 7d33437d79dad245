//! Runs a test: finds a database, runs the body on it, and leaves no trace.

use std::any::type_name;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::Poll;

use orm_core::ast::ModelEntry;
use orm_core::error::Result;
use orm_core::exec::Database;
use orm_core::exec::testing::Staged;

use super::place::{Filling, Place, Said, Wanted};
use super::{Outcome, TestBackend, TestDatabase};

/// The variable that says on which database tests run.
const VARIABLE: &str = "ORM_TEST_URL";

/// What `#[orm::test(…)]` says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Real commits, in a database that is thrown away.
    pub isolated: bool,
    /// Threads beside the test's own for tasks that it spawns; 0 runs everything on the test's.
    pub worker_threads: usize,
}

/// Runs a test.
///
/// # Panics
/// The test fails: it panics itself, returns an error, or has no database to run on.
#[track_caller]
pub fn run<B, S, R, T, Q>(options: Options, models: &[ModelEntry], setup: Option<S>, test: T)
where
    B: TestBackend,
    S: AsyncFnOnce(&Database<B>) -> R,
    R: Outcome,
    T: AsyncFnOnce(TestDatabase<B>) -> Q,
    Q: Outcome,
{
    let url = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty());
    let url = url.unwrap_or_else(|| "sqlite::memory:".to_owned());
    run_at(&url, options, models, setup, test);
}

/// Runs a test on the database, or the server, at a URL.
///
/// # Panics
/// As [`run`].
#[track_caller]
pub fn run_at<B, S, R, T, Q>(url: &str, options: Options, models: &[ModelEntry], setup: Option<S>, test: T)
where
    B: TestBackend,
    S: AsyncFnOnce(&Database<B>) -> R,
    R: Outcome,
    T: AsyncFnOnce(TestDatabase<B>) -> Q,
    Q: Outcome,
{
    let wanted = Wanted { models, setup: setup.as_ref().map(|_| type_name::<S>()) };
    let fill: Filling<'_, B> = setup.map(|setup| Box::new(setup) as _);
    run_boxed(
        url,
        options,
        wanted,
        fill,
        Box::new(|db| Box::pin(async move { test(db).await.into_result() })),
    );
}

/// The body of a test.
type Body<'t, B> = Box<dyn FnOnce(TestDatabase<B>) -> Pin<Box<dyn Future<Output = Said> + 't>> + 't>;

/// The same with everything of the test's own behind a pointer: a user has many tests, and this is compiled once.
#[track_caller]
fn run_boxed<B: TestBackend>(
    url: &str,
    options: Options,
    wanted: Wanted<'_>,
    fill: Filling<'_, B>,
    test: Body<'_, B>,
) {
    let mut builder = if options.worker_threads == 0 {
        tokio::runtime::Builder::new_current_thread()
    } else {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(options.worker_threads);
        builder
    };
    let runtime = match builder.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => panic!("a runtime cannot be started: {error}"),
    };
    let outcome = runtime.block_on(async {
        let place = match Place::find(url, options.isolated, wanted, fill).await {
            Ok(place) => place,
            Err(error) => panic!("there is no database for the test: {error}"),
        };
        let db = match stage(&place, options.isolated).await {
            Ok(db) => db,
            Err(error) => panic!("the database of the test cannot be used: {error}"),
        };
        let outcome = caught(test(db.clone())).await;
        let intact = db.staged().end().await;
        place.leave(intact).await;
        outcome
    });
    // Tasks that are left end here.
    drop(runtime);
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("the test returned an error: {error}"),
        Err(panic) => resume_unwind(panic),
    }
}

async fn stage<B: TestBackend>(place: &Place<B>, isolated: bool) -> Result<TestDatabase<B>> {
    let staged = Staged::new(place.connect().await?, !isolated).await?;
    Ok(TestDatabase::new(staged, place.url()))
}

/// What the body of a test gives, or its panic.
async fn caught(mut body: Pin<Box<dyn Future<Output = Said> + '_>>) -> std::thread::Result<Said> {
    // Nothing of the body is used after its panic.
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(outcome)) => Poll::Ready(Ok(outcome)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
