//! Single rows: saved whole or in part, refreshed, deleted.

use chrono::TimeDelta;
use orm::prelude::*;

use crate::support::run;

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 10, unique)]
    title: String,
    body: Option<String>,
    #[field(db_default = 5)]
    stars: i32,
    #[field(auto_now)]
    changed: DateTime<Utc>,
}

fn long_ago() -> DateTime<Utc> {
    DateTime::from_timestamp(86_400, 0).unwrap()
}

#[test]
fn save_updates_the_row_or_inserts_it() {
    run(models![Note], async |db| {
        let mut note = Note::objects().create(db, |n| n.title("a").body("text")).await.unwrap();
        (note.body, note.stars) = (None, 1);
        note.save(db).await.unwrap();
        assert_eq!(Note::objects().get(db).await.unwrap(), note);

        let mut new = Note { id: 40, title: "b".into(), body: None, stars: 2, changed: long_ago() };
        new.save(db).await.unwrap();
        assert!(new.changed > long_ago());
        assert_eq!(Note::objects().pk(40).get(db).await.unwrap(), new);
        assert_eq!(Note::objects().count(db).await.unwrap(), 2);

        new.title = "a".into();
        let taken = new.save(db).await.unwrap_err();
        assert!(taken.is_unique_violation(), "{taken}");
        let too_long = Note { title: "12345678901".into(), ..new.clone() }.save(db).await.unwrap_err();
        assert_eq!(too_long.to_string(), "Note.title: text of 11 characters is longer than max_length = 10");
        assert_eq!(Note::objects().pk(40).get(db).await.unwrap().title, "b");
    });
}

#[test]
fn save_fields_writes_only_those() {
    run(models![Note], async |db| {
        let mut note = Note::objects().create(db, |n| n.title("a").body("text")).await.unwrap();
        let created = note.changed;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        (note.title, note.body, note.stars) = ("b".into(), None, 1);
        note.save_fields(db, |n| (n.title, n.stars)).await.unwrap();
        assert!(note.changed > created, "the time of change moves along");
        let stored = Note::objects().get(db).await.unwrap();
        assert_eq!((stored.title.as_str(), stored.body.as_deref(), stored.stars), ("b", Some("text"), 1));
        assert_eq!(stored.changed, note.changed);

        Note::objects().delete(db).await.unwrap();
        let gone = note.save_fields(db, |n| n.body).await.unwrap_err();
        assert!(gone.is_does_not_exist());
        assert_eq!(Note::objects().count(db).await.unwrap(), 0, "nothing was inserted");
    });
}

#[test]
fn refresh_reads_everything_again() {
    run(models![Note], async |db| {
        let mut note = Note::objects().create(db, |n| n.title("a")).await.unwrap();
        Note::objects()
            .update(db, |n| (n.stars.set(n.stars + 1), n.body.set("new"), n.changed.set(long_ago())))
            .await
            .unwrap();
        note.title = "lost".into();
        note.refresh(db).await.unwrap();
        assert_eq!((note.title.as_str(), note.body.as_deref(), note.stars), ("a", Some("new"), 6));
        assert_eq!(note.changed - long_ago(), TimeDelta::zero(), "`update` sets only what it is told");
        Note::objects().delete(db).await.unwrap();
        let before = note.clone();
        assert!(note.refresh(db).await.unwrap_err().is_does_not_exist());
        assert_eq!(note, before);
    });
}

#[test]
fn delete_says_whether_there_was_a_row() {
    run(models![Note], async |db| {
        let one = Note::objects().create(db, |n| n.title("a")).await.unwrap();
        let two = Note::objects().create(db, |n| n.title("b")).await.unwrap();
        assert!(one.delete(db).await.unwrap());
        assert!(!one.delete(db).await.unwrap());
        assert_eq!(Note::objects().get(db).await.unwrap(), two);
        assert_eq!(Note::objects().filter(|n| n.title.eq("b")).delete(db).await.unwrap(), 1);
        assert_eq!(Note::objects().delete(db).await.unwrap(), 0);
    });
}

#[test]
fn insert_takes_the_plain_values() {
    run(models![Note], async |db| {
        let new = NewNote { id: None, title: "a".into(), body: Some("x".into()), stars: None, changed: None };
        let one = Note::objects().insert(db, new.clone()).await.unwrap();
        assert_eq!((one.id, one.stars), (1, 5));
        let taken = Note::objects().insert(db, new.clone()).await.unwrap_err();
        assert!(taken.is_unique_violation());
        let given =
            NewNote { id: Some(9), title: "b".into(), stars: Some(0), changed: Some(long_ago()), ..new };
        let two = Note::objects().insert(db, given).await.unwrap();
        assert_eq!((two.id, two.stars, two.changed), (9, 0, long_ago()));
    });
}
