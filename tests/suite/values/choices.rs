//! Choices, stored as text or as integers; what is none of them is an error when read.

use orm::backend::Executor;
use orm::prelude::*;

use super::*;

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
pub enum Status {
    Draft,
    #[choice(value = "in-review", label = "Under review")]
    InReview,
    #[choice(value = "veröffentlicht")]
    Published,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[choices(integer)]
pub enum Level {
    Low = -1,
    Normal = 0,
    High = 10,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
#[choices(i64)]
#[repr(i64)]
pub enum Huge {
    Least = -9_223_372_036_854_775_807,
    Most = 9_223_372_036_854_775_807,
}

comes_back!(in_text: Status, [], vec![Status::Draft, Status::InReview, Status::Published]);
comes_back!(in_integers: Level, [], vec![Level::Low, Level::Normal, Level::High]);
comes_back!(in_large_integers: Huge, [], vec![Huge::Least, Huge::Most]);

#[test]
fn choices_are_found_by_filters() {
    crate::support::run(models![in_text::Holder], async |db| {
        use in_text::Holder;
        for status in [Status::Draft, Status::InReview, Status::Published] {
            Holder::objects().create(db, |h| h.value(status).other(status)).await.unwrap();
        }
        for status in [Status::Draft, Status::InReview, Status::Published] {
            assert_eq!(Holder::objects().filter(|h| h.value.eq(status)).get(db).await.unwrap().value, status);
            assert_eq!(Holder::objects().filter(|h| h.other.ne(status)).count(db).await.unwrap(), 2);
        }
        let two = Holder::objects().filter(|h| h.other.is_in([Status::Draft, Status::InReview]));
        assert_eq!(two.count(db).await.unwrap(), 2);
    });
    crate::support::run(models![in_integers::Holder], async |db| {
        use in_integers::Holder;
        for level in [Level::High, Level::Low, Level::Normal] {
            Holder::objects().create(db, |h| h.value(level)).await.unwrap();
        }
        assert_eq!(Holder::objects().filter(|h| h.value.eq(Level::Low)).get(db).await.unwrap().id, 2);
    });
}

#[test]
fn what_is_no_choice_is_not_read() {
    crate::support::run(models![in_text::Holder], async |db| {
        db.batch("INSERT INTO holder (value) VALUES ('lost-canary')").await.expect("written");
        let error = in_text::Holder::objects().get(db).await.expect_err("not a status");
        assert!(!format!("{error} {error:?}").contains("canary"));
        let (model, field, _) = misfit::<()>(Err(error));
        assert_eq!((model, field), ("Holder", "value"));
        assert_eq!(in_text::Holder::objects().count(db).await.unwrap(), 1);
    });
    crate::support::run(models![in_integers::Holder], async |db| {
        db.batch("INSERT INTO holder (value) VALUES (7)").await.expect("written");
        let (model, field, _) = misfit(in_integers::Holder::objects().get(db).await);
        assert_eq!((model, field), ("Holder", "value"));
    });
}
