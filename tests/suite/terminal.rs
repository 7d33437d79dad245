//! How a queryset ends: all, one, the first, how many, whether any.

use orm::Error;
use orm::prelude::*;

use crate::support::{in_statements, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Event {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    day: Option<NaiveDate>,
}

fn day(day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2024, 5, day)
}

#[test]
fn get_wants_exactly_one() {
    run(models![Event], async |db| {
        let missing = Event::objects().get(db).await.unwrap_err();
        assert!(matches!(missing, Error::DoesNotExist { model: "Event" }));
        assert!(missing.is_does_not_exist());
        for name in ["a", "b", "b"] {
            Event::objects().create(db, |e| e.name(name)).await.unwrap();
        }
        assert_eq!(Event::objects().filter(|e| e.name.eq("a")).get(db).await.unwrap().id, 1);
        assert_eq!(Event::objects().pk(2).get(db).await.unwrap().name, "b");
        let several = Event::objects().filter(|e| e.name.eq("b")).get(db).await.unwrap_err();
        assert!(matches!(several, Error::MultipleObjectsReturned { model: "Event" }));
        assert!(
            Event::objects().pk(1).filter(|e| e.name.eq("b")).get(db).await.unwrap_err().is_does_not_exist()
        );
    });
}

#[test]
fn earliest_latest_first_and_last() {
    run(models![Event], async |db| {
        assert!(Event::objects().earliest(db, |e| e.day).await.unwrap_err().is_does_not_exist());
        assert!(Event::objects().latest(db, |e| e.day).await.unwrap_err().is_does_not_exist());
        assert_eq!(Event::objects().last(db).await.unwrap(), None);
        for (name, day) in [("b", day(2)), ("c", day(3)), ("a", day(1)), ("c", day(2))] {
            Event::objects().create(db, |e| e.name(name).day(day)).await.unwrap();
        }
        let events = Event::objects;
        assert_eq!(events().earliest(db, |e| e.day).await.unwrap().id, 3);
        assert_eq!(events().latest(db, |e| e.day).await.unwrap().id, 2);
        assert_eq!(events().latest(db, |e| (e.name, e.day)).await.unwrap().id, 2);
        assert_eq!(events().earliest(db, |e| (e.name.desc(), e.day)).await.unwrap().id, 4);
        assert_eq!(
            events().order_by(|e| e.id).latest(db, |e| e.day).await.unwrap().id,
            2,
            "any other order is replaced"
        );
        assert_eq!(events().filter(|e| e.name.ne("c")).latest(db, |e| e.day).await.unwrap().id, 1);
        assert_eq!(events().order_by(|e| (e.day, e.id)).first(db).await.unwrap().unwrap().id, 3);
        assert_eq!(events().order_by(|e| (e.day, e.id)).last(db).await.unwrap().unwrap().id, 2);
        assert_eq!(events().filter(|e| e.id.gt(99)).first(db).await.unwrap(), None);
    });
}

#[test]
fn count_and_exists() {
    run(models![Event], async |db| {
        assert_eq!(Event::objects().count(db).await.unwrap(), 0);
        assert!(!Event::objects().exists(db).await.unwrap());
        for _ in 0..3 {
            Event::objects().create(db, |e| e.name("x").day(day(1))).await.unwrap();
        }
        assert_eq!(Event::objects().order_by(|e| (e.name, random())).count(db).await.unwrap(), 3);
        assert!(Event::objects().order_by(|_| random()).exists(db).await.unwrap());
        assert_eq!(Event::objects().filter(|e| e.id.gt(1)).count(db).await.unwrap(), 2);
        assert!(!Event::objects().filter(|e| e.day.is_null()).exists(db).await.unwrap());
    });
}

#[test]
fn none_asks_no_database() {
    run(models![Event], async |db| {
        Event::objects().create(db, |e| e.name("x")).await.unwrap();
        let none = || Event::objects().filter(|e| e.name.eq("x")).none();
        assert_eq!(none().sql(db.dialect()).unwrap().matches("1 = 0").count(), 1);
        // Nothing can be sent through a closed pool.
        db.close().await;
        assert!(matches!(Event::objects().count(db).await, Err(Error::Pool(_))));
        assert_eq!(none().all(db).await.unwrap(), []);
        assert_eq!(none().order_by(|e| e.id).limit(3).all(db).await.unwrap(), []);
        assert_eq!(none().filter(|e| e.id.gt(0)).count(db).await.unwrap(), 0);
        assert!(!none().exists(db).await.unwrap());
        assert_eq!(none().first(db).await.unwrap(), None);
        assert_eq!(none().last(db).await.unwrap(), None);
        assert!(none().get(db).await.unwrap_err().is_does_not_exist());
        assert!(none().latest(db, |e| e.day).await.unwrap_err().is_does_not_exist());
        assert!(none().in_bulk(db, [1, 2]).await.unwrap().is_empty());
        assert_eq!(none().stream(db).try_next().await.unwrap(), None);
        assert_eq!(none().update(db, |e| e.name.set("y")).await.unwrap(), 0);
        assert_eq!(none().delete(db).await.unwrap(), 0);
        assert!(matches!(none().limit(1).filter(|e| e.id.gt(0)).all(db).await, Err(Error::InvalidQuery(_))));
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Room {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20, unique)]
    name: String,
    #[field(unique)]
    number: i32,
}

#[test]
fn rows_are_found_by_values_of_a_unique_field() {
    run(models![Room], async |db| {
        let rooms = (1..=2_500).map(|n| Room::draft().name(format!("room {n}")).number(-n));
        Room::objects().bulk_create(db, rooms).await.unwrap();
        let found =
            Room::objects().in_bulk_by(db, |r| r.name, ["room 2", "Room 2", "room 2", "none"]).await.unwrap();
        assert_eq!((found.len(), found["room 2"].number), (1, -2));
        let all = Room::objects().in_bulk_by(db, |r| r.number, -3_000..0).await.unwrap();
        assert_eq!(all.len(), 2_500);
        assert!(
            all.iter()
                .all(|(number, room)| room.number == *number && room.name == format!("room {}", -number))
        );
        let some =
            Room::objects().filter(|r| r.number.lt(-1)).in_bulk_by(db, |r| r.name, ["room 1", "room 3"]);
        assert_eq!(some.await.unwrap().into_keys().collect::<Vec<_>>(), ["room 3"]);
        let none: Vec<String> = Vec::new();
        assert!(in_statements(0, Room::objects().in_bulk_by(db, |r| r.name, none)).await.unwrap().is_empty());
        let sliced = Room::objects().limit(1).in_bulk_by(db, |r| r.name, ["room 1"]).await;
        assert!(matches!(sliced, Err(Error::InvalidQuery(_))));
    });
}
