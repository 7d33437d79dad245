//! What writing offers, used together: hooks, soft deletion, versions and unique values.

use std::sync::{Arc, Mutex};

use futures_util::{StreamExt, stream};
use orm::backend::Backend;
use orm::hooks::{Hook, Moment, RowChange};
use orm::prelude::*;
use orm::{Error, models};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(soft_delete = gone)]
struct Card {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20, unique)]
    name: String,
    #[field(default = 0)]
    points: i64,
    #[field(version)]
    version: i32,
    gone: Option<DateTime<Utc>>,
}

/// Counts what it is called for.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Moment>>>);

impl Seen {
    fn taken(&self) -> Vec<Moment> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

impl<B: Backend> Hook<B, RowChange> for Seen {
    async fn call(&self, _: &Transaction<B>, change: &mut RowChange) -> orm::Result<()> {
        self.0.lock().expect("no panic").push(change.moment());
        Ok(())
    }
}

fn drafts(names: &[&'static str]) -> Vec<NewCard> {
    names.iter().map(|name| Card::draft().name(*name).build()).collect()
}

/// "a", "b" and "c", of which "b" is deleted.
async fn cards(db: &Db) -> Vec<Card> {
    let mut cards = Card::objects().bulk_create(db, drafts(&["a", "b", "c"])).await.unwrap();
    assert!(cards[1].delete(db).await.unwrap());
    cards[1].refresh(db).await.unwrap();
    cards
}

/// Name, points and version of all rows, those that are deleted with a star.
async fn told(db: &Db) -> Vec<String> {
    let cards = Card::objects().with_deleted().order_by(|c| c.id).all(db).await.unwrap();
    let star = |card: &Card| if card.gone.is_some() { "*" } else { "" };
    cards
        .iter()
        .map(|card| format!("{}{} {} v{}", card.name, star(card), card.points, card.version))
        .collect()
}

#[test]
fn counting_calls_hooks_when_it_is_told_to_and_copying_never_does() {
    run(models![Card], async |db| {
        let seen = Seen::default();
        let watched = &db.with_hooks(|hooks| hooks.attach::<RowChange>(seen.clone()));
        assert_eq!(Card::objects().bulk_create(watched, drafts(&["a", "b"])).count().await.unwrap(), 2);
        assert_eq!(seen.taken(), []);
        let counted = Card::objects().with_hooks().bulk_create(watched, drafts(&["c", "d"])).count().await;
        assert_eq!(counted.unwrap(), 2);
        let (before, after) = (Moment::BeforeSave, Moment::AfterSave);
        assert_eq!(seen.taken(), [before, before, after, after]);

        let copied = Card::objects().copy_in(watched, stream::iter(drafts(&["e", "f"]))).await.unwrap();
        assert_eq!((copied, seen.taken()), (2, Vec::new()));
        let refused = Card::objects().with_hooks().copy_in(watched, stream::iter(drafts(&["g"]))).await;
        assert!(matches!(refused, Err(Error::InvalidQuery(_))), "{refused:?}");
        let rows = stream::iter(drafts(&["g"])).map(Ok::<_, Error>);
        let refused = Card::objects().with_hooks().try_copy_in(watched, rows).await;
        assert!(matches!(refused, Err(Error::InvalidQuery(_))), "{refused:?}");
        assert_eq!(Card::objects().count(db).await.unwrap(), 6);
        // Hooks that are not there are no reason to refuse, and nothing is called where they are left out.
        let left = Card::objects().without_hooks().copy_in(watched, stream::iter(drafts(&["g"]))).await;
        assert_eq!((left.unwrap(), seen.taken()), (1, Vec::new()));
    });
}

#[test]
fn rows_given_back_are_those_that_are_not_deleted() {
    run(models![Card], async |db| {
        let cards = cards(db).await;
        let raised = Card::objects()
            .order_by(|c| c.id)
            .update_returning(db, |c| c.points.set(c.points + 1))
            .await
            .unwrap();
        let mut names: Vec<_> =
            raised.iter().map(|card| (card.name.as_str(), card.points, card.version)).collect();
        names.sort_unstable();
        assert_eq!(names, [("a", 1, 2), ("c", 1, 2)]);
        assert_eq!(told(db).await, ["a 1 v2", "b* 0 v2", "c 1 v2"]);
        let points = |deleted: Vec<Card>| deleted.into_iter().map(|card| card.points).collect::<Vec<_>>();
        let of_deleted =
            Card::objects().only_deleted().update_returning(db, |c| c.points.set(5)).await.unwrap();
        assert_eq!(points(of_deleted), [5]);
        let all = Card::objects().with_deleted().update_returning(db, |c| c.points.set(7)).await.unwrap();
        assert_eq!(points(all), [7, 7, 7]);

        // They are given as they were: not deleted yet.
        let deleted = Card::objects().filter(|c| c.name.le("b")).delete_returning(db).await.unwrap();
        assert_eq!(deleted.len(), 1);
        assert_eq!((deleted[0].id, deleted[0].gone, deleted[0].version), (cards[0].id, None, 3));
        assert_eq!(told(db).await, ["a* 7 v4", "b* 7 v4", "c 7 v3"]);
        assert!(Card::objects().only_deleted().delete_returning(db).await.unwrap().is_empty());
        let names = Card::objects().values(|c| c.name).delete_returning(db).await.unwrap();
        assert_eq!(names, ["c"]);
        assert_eq!(told(db).await, ["a* 7 v4", "b* 7 v4", "c* 7 v4"]);
    });
}

#[test]
fn a_deleted_row_s_unique_value_is_taken_as_the_database_says() {
    run(models![Card], async |db| {
        let cards = cards(db).await;
        let new = &drafts(&["b"])[0];
        let Err(Error::Validation(errors)) = new.validate_unique(db).await else { panic!("it is taken") };
        assert_eq!((errors.field("name").len(), errors.field("name")[0].code()), (1, "unique"));
        let refused = Card::objects().create_valid(db, |c| c.name("b")).await;
        assert!(matches!(refused, Err(Error::Validation(_))), "{refused:?}");
        let refused = Card::objects().insert(db, new.clone()).await;
        assert!(refused.is_err_and(|error| error.is_unique_violation()), "the database says the same");
        // The row itself is not in its own way, deleted or not.
        for card in &cards {
            card.validate_unique(db).await.unwrap();
        }
        assert!(cards[1].hard_delete(db).await.unwrap());
        new.validate_unique(db).await.unwrap();
        Card::objects().create_valid(db, |c| c.name("b")).await.unwrap();
    });
}

#[test]
fn querysets_and_bulk_deletions_ask_for_no_version() {
    run(models![Card], async |db| {
        let read = Card::objects().bulk_create(db, drafts(&["a", "b", "c"])).await.unwrap();
        // Somebody changes all of them.
        assert_eq!(Card::objects().update(db, |c| c.points.set(1)).await.unwrap(), 3);
        assert_eq!(told(db).await, ["a 1 v2", "b 1 v2", "c 1 v2"]);
        let mut stale = read.clone();
        let refused = Card::objects().bulk_update(db, &mut stale, |c| c.points).await;
        assert!(refused.is_err_and(|error| error.is_stale_object()));
        assert!(matches!(read[0].delete(db).await, Err(Error::StaleObject(_))));
        // These are about the rows that have the keys, whatever has become of them: soft, it is an update that counts.
        assert_eq!(Card::objects().bulk_delete(db, &read[..2]).await.unwrap(), 2);
        assert_eq!(told(db).await, ["a* 1 v3", "b* 1 v3", "c 1 v2"]);
        assert_eq!(Card::objects().filter(|c| c.name.eq("c")).delete(db).await.unwrap(), 1);
        assert_eq!(Card::objects().filter(|c| c.name.ne("a")).restore(db).await.unwrap(), 2);
        assert_eq!(told(db).await, ["a* 1 v3", "b 1 v4", "c 1 v4"]);
        // What is deleted is not among the queryset's rows: it is left out, and not stale.
        let mut all = Card::objects().with_deleted().order_by(|c| c.id).all(db).await.unwrap();
        for card in &mut all {
            card.points = 9;
        }
        assert_eq!(Card::objects().bulk_update(db, &mut all, |c| c.points).await.unwrap(), 2);
        assert_eq!(told(db).await, ["a* 1 v3", "b 9 v5", "c 9 v5"]);
        let mut all = Card::objects().with_deleted().order_by(|c| c.id).all(db).await.unwrap();
        let with_deleted = Card::objects().with_deleted();
        assert_eq!(with_deleted.bulk_update(db, &mut all, |c| c.points).await.unwrap(), 3);
        assert_eq!(told(db).await, ["a* 1 v4", "b 9 v6", "c 9 v6"]);
    });
}

#[test]
fn what_finds_or_makes_a_row_counts_versions_and_meets_deleted_ones() {
    run(models![Card], async |db| {
        cards(db).await;
        let raise = |c: CardFields| c.points.set(c.points + 1);
        let new = |name: &'static str| move |c: CardDraft| c.name(name);
        let (row, made) =
            Card::objects().update_or_create(db, |c| c.name.eq("a"), raise, new("a")).await.unwrap();
        assert_eq!((row.points, row.version, made), (1, 2, false));

        // A queryset does not see the deleted row, and the database lets no second one in.
        for refused in [
            Card::objects().update_or_create(db, |c| c.name.eq("b"), raise, new("b")).await,
            Card::objects().get_or_create(db, |c| c.name.eq("b"), new("b")).await,
        ] {
            assert!(refused.is_err_and(|error| error.is_unique_violation()));
        }
        let all = || Card::objects().with_deleted();
        let (row, made) = all().update_or_create(db, |c| c.name.eq("b"), raise, new("b")).await.unwrap();
        assert_eq!((row.points, row.version, row.gone.is_some(), made), (1, 3, true, false));
        let (row, made) = all().get_or_create(db, |c| c.name.eq("b"), new("b")).await.unwrap();
        assert_eq!((row.version, made), (3, false));

        // The database's own question is about all rows: the deleted one is changed, and stays deleted.
        let row = Card::objects().upsert(db, |c| c.name, new("b"), raise).await.unwrap();
        assert_eq!((row.points, row.version, row.gone.is_some()), (2, 4, true));
        let rows = Card::objects()
            .bulk_create(db, drafts(&["b", "d"]))
            .on_conflict(|c| c.name)
            .update(|c| c.points)
            .await
            .unwrap();
        assert_eq!(told(db).await, ["a 1 v2", "b* 0 v5", "c 0 v1", "d 0 v1"]);
        assert!(rows[0].gone.is_some() && rows[1].gone.is_none());
        // Unless the update says otherwise: the row of the builder is there afterwards.
        let revive = |c: CardFields| (c.points.set(3), c.gone.set(None::<DateTime<Utc>>));
        let row = Card::objects().upsert(db, |c| c.name, new("b"), revive).await.unwrap();
        assert_eq!((row.points, row.version, row.gone), (3, 6, None));
        assert_eq!(told(db).await, ["a 1 v2", "b 3 v6", "c 0 v1", "d 0 v1"]);
    });
}
