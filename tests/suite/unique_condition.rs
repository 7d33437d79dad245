//! Unique constraints about rows that meet a condition. See `docs/guide/src/differences.md` for where they are refused.

use orm::error::ValidationErrors;
use orm::prelude::*;
use orm::{DatabaseErrorKind, models};

use crate::support::{Db, in_statements, run, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    soft_delete = deleted_at,
    unique(name = "room_of_a_day", fields(room, day), condition = |s| !s.cancelled & s.deleted_at.is_null()),
    unique(
        name = "one_speaker_at_a_time",
        fields(speaker),
        condition = |s| s.kind.eq("talk") & (s.seats.gt(5) | s.seats.is_null()),
        code = "busy",
        message = "speaks elsewhere",
    ),
)]
struct Session {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    room: String,
    day: NaiveDate,
    #[field(max_length = 20)]
    speaker: Option<String>,
    #[field(max_length = 10, default = "talk")]
    kind: String,
    seats: Option<i32>,
    #[field(default = false)]
    cancelled: bool,
    deleted_at: Option<DateTime<Utc>>,
}

/// Whether the database has such constraints; shown to be refused where it has none.
async fn possible(db: &Db) -> bool {
    if db.dialect().capability().partial_indexes {
        db.create_tables(models![Session]).await.unwrap();
        return true;
    }
    let refused = db.create_tables(models![Session]).await.unwrap_err();
    let name = db.dialect().name();
    assert_eq!(
        refused.to_string(),
        format!("{name} does not support a unique constraint with a condition (`room_of_a_day` of Session)")
    );
    let absent = Session::objects().count(db).await.unwrap_err();
    assert_eq!(absent.kind(), Some(DatabaseErrorKind::ProgrammingError), "nothing was created");
    false
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, day).expect("a day in May")
}

fn new(room: &str, on: u32) -> NewSession {
    Session::draft().room(room).day(day(on)).build()
}

fn codes(outcome: orm::Result<()>) -> Vec<(String, String)> {
    let Err(error) = outcome else { return Vec::new() };
    let errors: &ValidationErrors = error.as_validation().unwrap_or_else(|| panic!("another error: {error}"));
    let of_fields =
        errors.fields().flat_map(|(field, errors)| errors.iter().map(move |error| (field, error)));
    let all = of_fields.chain(errors.general().iter().map(|error| ("", error)));
    all.map(|(field, error)| (field.to_owned(), error.code().to_owned())).collect()
}

#[test]
fn rows_that_do_not_meet_it_may_be_there_twice() {
    run(&[], async |db| {
        if !possible(db).await {
            return;
        }
        let first = Session::objects().insert(db, new("A", 1)).await.unwrap();
        let error = Session::objects().insert(db, new("A", 1)).await.unwrap_err();
        assert!(error.is_unique_violation());
        let told = error.as_database().unwrap();
        match db.dialect() {
            // It tells the columns of any unique constraint, and the name of none.
            Dialect::Sqlite => assert_eq!(told.column(), Some("room, day")),
            _ => assert_eq!(told.constraint(), Some("room_of_a_day")),
        }
        Session::objects().insert(db, new("A", 2)).await.unwrap();
        let off = NewSession { cancelled: Some(true), ..new("A", 1) };
        for _ in 0..2 {
            Session::objects().insert(db, off.clone()).await.unwrap();
        }
        assert_eq!(Session::objects().count(db).await.unwrap(), 4);
        // What changes into it is refused.
        let revived =
            Session::objects().filter(|s| s.cancelled.eq(true)).update(db, |s| s.cancelled.set(false));
        assert!(revived.await.unwrap_err().is_unique_violation());
        // A deleted row has left the place to others.
        first.delete(db).await.unwrap();
        let (found, is_new) = Session::objects()
            .get_or_create(
                db,
                |s| s.room.eq("A") & s.day.eq(day(1)) & !s.cancelled,
                |s| s.room("A").day(day(1)),
            )
            .await
            .unwrap();
        assert!(is_new && found.id != first.id);
        let ignored = Session::objects().bulk_create(db, [new("A", 1), new("B", 1)]).ignore_conflicts();
        ignored.await.unwrap();
        assert_eq!(
            Session::objects().filter(|s| s.day.eq(day(1)) & !s.cancelled).count(db).await.unwrap(),
            2
        );
    });
}

#[test]
fn validation_respects_it() {
    run(&[], async |db| {
        if !possible(db).await {
            return;
        }
        let talk = |room: &str| NewSession { speaker: Some("ann".into()), ..new(room, 1) };
        let mut first = Session::objects()
            .create_valid(db, |s| s.room("A").day(day(1)).speaker("ann".to_owned()))
            .await
            .unwrap();
        assert_eq!(codes(first.validate_unique(db).await), [], "not in its own way");
        // The key, which conditions are met, and the two constraints.
        let taken = in_statements(3, talk("A").validate_unique(db)).await;
        assert_eq!(
            taken.as_ref().unwrap_err().to_string(),
            "speaker: speaks elsewhere; room, day are taken together already"
        );
        assert_eq!(
            codes(taken),
            [("speaker".into(), "busy".into()), (String::new(), "unique_together".into())]
        );

        // What does not meet the condition is not asked about, nor what might be NULL.
        let off = NewSession { cancelled: Some(true), kind: Some("tea".into()), ..talk("A") };
        in_statements(1, off.validate_unique(db)).await.unwrap();
        let small = NewSession { seats: Some(5), cancelled: Some(true), ..talk("A") };
        assert_eq!(codes(small.validate_unique(db).await), []);
        let large = NewSession { seats: Some(6), cancelled: Some(true), ..talk("A") };
        assert_eq!(codes(large.validate_unique(db).await), [("speaker".into(), "busy".into())]);
        let nobody = NewSession { speaker: None, cancelled: Some(true), ..talk("A") };
        assert_eq!(codes(nobody.validate_unique(db).await), []);
        // A field that is left out takes along the constraints whose condition reads it.
        assert_eq!(
            codes(talk("A").full_clean_except(db, |s| s.cancelled).await),
            [("speaker".into(), "busy".into())]
        );
        assert_eq!(codes(talk("A").full_clean_except(db, |s| (s.room, s.seats)).await), []);

        // A row that does not meet it is in nobody's way.
        first.cancelled = true;
        first.kind = "tea".into();
        first.save_valid(db).await.unwrap();
        assert_eq!(codes(talk("A").full_clean(db).await), []);
        let second = Session::objects()
            .create_valid(db, |s| s.room("A").day(day(1)).speaker("ann".to_owned()))
            .await
            .unwrap();
        first.cancelled = false;
        assert_eq!(codes(first.save_valid(db).await), [(String::new(), "unique_together".into())]);
        second.delete(db).await.unwrap();
        first.save_valid(db).await.unwrap();
    });
}

/// RELIABILITY: 32 tasks that want the same place.
#[test]
fn of_32_tasks_one_gets_the_place() {
    run_threaded(&[], async |db| {
        if !possible(db).await {
            return;
        }
        let tasks: Vec<_> = (0..32)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    let off = NewSession { cancelled: Some(task % 4 == 0), ..new("A", 1) };
                    match Session::objects().insert(&db, off).await {
                        Ok(_) => true,
                        Err(error) if error.is_unique_violation() => false,
                        Err(error) => panic!("{error}"),
                    }
                })
            })
            .collect();
        let mut placed = 0;
        for task in tasks {
            placed += u64::from(task.await.expect("no panic"));
        }
        assert_eq!(placed, 8 + 1);
        assert_eq!(Session::objects().filter(|s| !s.cancelled).count(db).await.unwrap(), 1);
    });
}
