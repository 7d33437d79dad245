//! What is recorded: what the future runs, wherever it is polled, and nothing else.

use super::super::*;
use super::nowhere;

const OPERATION: Operation = Operation::new("Post", "all");

fn run(sql: &str) {
    for noted in note(nowhere(), StatementKind::Read, OPERATION, None, sql, &[]) {
        noted.ends(Ok(Some(1)), Duration::from_millis(1));
    }
}

fn texts(recorder: &Recorder) -> Vec<String> {
    recorder.recording().statements().iter().map(|statement| statement.sql.to_string()).collect()
}

#[tokio::test]
async fn only_what_the_future_runs_is_recorded() {
    let recorder = Recorder::new();
    assert!(!is_recording());
    run("before");
    recorder.record(async { run("one") }).await;
    run("between");
    recorder.record(async { run("two") }).await;
    run("after");
    assert!(!is_recording());
    assert_eq!(texts(&recorder), ["one", "two"]);
}

#[tokio::test]
async fn two_futures_that_take_turns_on_a_thread_are_kept_apart() {
    let (one, two) = (Recorder::new(), Recorder::new());
    let steps = |sql: &'static str| async move {
        for _ in 0..3 {
            run(sql);
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(one.record(steps("one")), two.record(steps("two")), steps("neither"));
    assert_eq!(texts(&one), ["one"; 3]);
    assert_eq!(texts(&two), ["two"; 3]);
}

#[tokio::test]
async fn an_outer_recording_has_what_an_inner_one_has() {
    let (outer, inner) = (Recorder::new(), Recorder::new());
    outer
        .record(async {
            run("before");
            inner.record(async { run("inside") }).await;
            run("after");
        })
        .await;
    assert_eq!(texts(&outer), ["before", "inside", "after"]);
    assert_eq!(texts(&inner), ["inside"]);
}

#[tokio::test]
async fn a_recorder_within_itself_counts_once() {
    let recorder = Recorder::new();
    let again = recorder.clone();
    recorder.record(again.record(async { run("once") })).await;
    assert_eq!(texts(&recorder), ["once"]);
}

#[tokio::test]
async fn spawned_tasks_are_recorded_when_the_recorder_is_handed_on() {
    let outer = Recorder::new();
    let inner = Recorder::new();
    let inside = inner.record(async {
        tokio::spawn(async { run("lost") }).await.unwrap();
        let handed_on = Recorder::current().unwrap();
        tokio::spawn(handed_on.record(async { run("found") })).await.unwrap();
    });
    outer.record(inside).await;
    assert_eq!(texts(&inner), ["found"]);
    assert_eq!(texts(&outer), ["found"], "also those around it are told");
}

#[tokio::test]
async fn a_panic_ends_the_recording() {
    let recorder = Recorder::new();
    let task = tokio::spawn(recorder.record(async {
        run("before");
        panic!("for the test");
    }));
    assert!(task.await.is_err());
    assert!(!is_recording(), "on the thread that the panic went through");
    assert_eq!(texts(&recorder), ["before"]);
}

#[tokio::test]
async fn a_statement_that_was_given_up_is_there_without_an_end() {
    let recorder = Recorder::new();
    recorder
        .record(async { drop(note(nowhere(), StatementKind::Read, OPERATION, None, "given up", &[])) })
        .await;
    let recording = recorder.recording();
    assert!(!recording.statements()[0].finished);
    assert_eq!(recording.len(), 1);
}

#[tokio::test]
async fn equal_texts_are_kept_once() {
    let recorder = Recorder::new();
    recorder
        .record(async {
            run("same");
            run("same");
        })
        .await;
    let recording = recorder.recording();
    let [one, two] = recording.statements() else { panic!("two statements") };
    assert!(Arc::ptr_eq(&one.sql, &two.sql));
}
