//! Conditions across foreign keys: joins where they are needed, and rows that have nothing at the other end.

use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct City {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    mayor: Option<ForeignKey<Person>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Person {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    #[field(max_length = 50)]
    email: Option<String>,
    home: ForeignKey<City>,
    boss: Option<ForeignKey<Person>>,
    active: bool,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Letter {
    #[field(primary_key)]
    id: i64,
    from: ForeignKey<Person>,
    to: Option<ForeignKey<Person>>,
    weight: i32,
}

/// ann (Rome, boss of bob and cyd, no e-mail), bob (Oslo), cyd (Oslo, no e-mail, not active); Rome's mayor is bob.
fn with_people(test: impl AsyncFnOnce(&Db)) {
    run(models![City, Person, Letter], async |db| {
        let rome = City::objects().create(db, |c| c.name("Rome")).await.unwrap();
        let oslo = City::objects().create(db, |c| c.name("Oslo")).await.unwrap();
        let ann = Person::objects().create(db, |p| p.name("ann").home(&rome).active(true)).await.unwrap();
        let bob = Person::objects()
            .create(db, |p| p.name("bob").home(&oslo).boss(&ann).active(true).email("bob@x"))
            .await
            .unwrap();
        let cyd = Person::objects()
            .create(db, |p| p.name("cyd").home(&oslo).boss(&ann).active(false))
            .await
            .unwrap();
        City::objects().pk(rome.id).update(db, |c| c.mayor.set(&bob)).await.unwrap();
        for (from, to, weight) in
            [(&ann, Some(&bob), 10), (&ann, None, 20), (&bob, Some(&ann), 30), (&cyd, Some(&cyd), 40)]
        {
            Letter::objects()
                .create(db, |l| l.from(from).to(to.map(ForeignKey::to)).weight(weight))
                .await
                .unwrap();
        }
        test(db).await;
    });
}

async fn weights(db: &Db, query: QuerySet<Letter>) -> Vec<i32> {
    query.order_by(|l| l.id).all(db).await.unwrap().iter().map(|letter| letter.weight).collect()
}

/// The letters that a condition takes, checking that `exclude` takes exactly the others and `!` those known to be false.
macro_rules! takes {
    ($db:expr; $(|$l:ident| $condition:expr => $yes:expr, not $no:expr;)*) => {$(
        // Boxed: the state of so many statements in one function is large.
        Box::pin(takes(
            $db,
            stringify!($condition),
            Letter::objects().filter(|$l| $condition),
            Letter::objects().exclude(|$l| $condition),
            Letter::objects().filter(|$l| !($condition)),
            (&$yes, &$no),
        ))
        .await;
    )*};
}

async fn takes(
    db: &Db,
    text: &str,
    filter: QuerySet<Letter>,
    exclude: QuerySet<Letter>,
    not: QuerySet<Letter>,
    (yes, no): (&[i32], &[i32]),
) {
    assert_eq!(weights(db, filter.clone()).await, yes, "{text}");
    let others: Vec<i32> = [10, 20, 30, 40].into_iter().filter(|weight| !yes.contains(weight)).collect();
    assert_eq!(weights(db, exclude).await, others, "exclude {text}");
    assert_eq!(weights(db, not).await, no, "not {text}");
    assert_eq!(filter.count(db).await.unwrap(), yes.len() as u64, "count {text}");
}

#[test]
fn one_and_two_levels() {
    with_people(async |db| {
        takes! { db;
            |l| l.from.name.eq("ann") => [10, 20], not [30, 40];
            |l| l.from.home.name.eq("Oslo") => [30, 40], not [10, 20];
            |l| l.from.home.name.eq("Oslo") & l.weight.gt(30) => [40], not [10, 20, 30];
            |l| l.from.active & l.from.home.name.istartswith("r") => [10, 20], not [30, 40];
            |l| !l.from.active | l.weight.eq(10) => [10, 40], not [20, 30];
            |l| l.from.home.mayor.name.eq("bob") => [10, 20], not [];
            |l| l.from.name.eq(l.to.name) => [40], not [10, 30];
            |l| l.from.home.eq(l.to.home) => [40], not [10, 30];
        }
    });
}

#[test]
fn a_missing_related_row_is_null() {
    with_people(async |db| {
        takes! { db;
            |l| l.to.name.eq("bob") => [10], not [30, 40];
            |l| l.to.name.is_null() => [20], not [10, 30, 40];
            |l| l.to.email.is_null() => [20, 30, 40], not [10];
            |l| l.to.email.is_not_null() => [10], not [20, 30, 40];
            |l| l.to.is_null() => [20], not [10, 30, 40];
            |l| l.to.is_not_null() => [10, 30, 40], not [20];
            |l| l.from.boss.is_null() => [10, 20], not [30, 40];
            |l| l.from.boss.name.eq("ann") => [30, 40], not [];
            |l| l.to.boss.name.eq("ann") | l.to.is_null() => [10, 20, 40], not [];
            |l| l.to.active.eq(false) => [40], not [10, 30];
            |l| l.to.home.name.is_in(["Oslo", "Rome"]) => [10, 30, 40], not [];
            |l| l.from.boss.boss.name.is_null() => [10, 20, 30, 40], not [];
        }
    });
}

#[test]
fn the_related_key_needs_no_join() {
    with_people(async |db| {
        let ann = Person::objects().filter(|p| p.name.eq("ann")).get(db).await.unwrap();
        let bob = Person::objects().filter(|p| p.name.eq("bob")).get(db).await.unwrap();
        takes! { db;
            |l| l.from.eq(&ann) => [10, 20], not [30, 40];
            |l| l.from.ne(&ann) => [30, 40], not [10, 20];
            |l| l.from.id.eq(ann.id) => [10, 20], not [30, 40];
            |l| l.to.eq(&bob) => [10], not [30, 40];
            |l| l.to.eq(ForeignKey::new(bob.id)) => [10], not [30, 40];
            |l| l.to.id.is_null() => [20], not [10, 30, 40];
            |l| l.from.is_in([ForeignKey::to(&ann), ForeignKey::to(&bob)]) => [10, 20, 30], not [40];
            |l| l.from.is_in([&ann, &bob]) => [10, 20, 30], not [40];
            |l| l.from.eq(l.to) => [40], not [10, 30];
            |l| l.from.id.lt(l.to.id) => [10], not [30, 40];
        }
        for query in [
            Letter::objects().filter(|l| l.from.eq(&ann) & l.to.id.eq(bob.id) & l.from.ne(l.to)),
            Letter::objects().filter(|l| l.to.is_null()).order_by(|l| (l.from, l.to.id)),
        ] {
            let sql = query.sql(db.dialect()).unwrap();
            assert!(!sql.contains("JOIN"), "{sql}");
        }
        let one_join = Letter::objects().filter(|l| l.from.home.id.eq(1)).sql(db.dialect()).unwrap();
        assert_eq!(one_join.matches("JOIN").count(), 1, "{one_join}");
        let shared = Letter::objects()
            .filter(|l| l.from.home.name.eq("x") & l.from.name.eq("y"))
            .exclude(|l| l.from.home.name.eq("z"))
            .order_by(|l| l.from.home.id);
        assert_eq!(shared.sql(db.dialect()).unwrap().matches("JOIN").count(), 2);
    });
}

#[test]
fn a_model_can_point_at_itself() {
    with_people(async |db| {
        let names = async |query: QuerySet<Person>| {
            query
                .order_by(|p| p.id)
                .all(db)
                .await
                .unwrap()
                .into_iter()
                .map(|person| person.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(Person::objects().filter(|p| p.boss.name.eq("ann"))).await, ["bob", "cyd"]);
        assert_eq!(
            names(Person::objects().filter(|p| p.boss.home.name.eq("Rome") & p.active)).await,
            ["bob"]
        );
        assert_eq!(names(Person::objects().filter(|p| p.home.ne(p.boss.home))).await, ["bob", "cyd"]);
        assert_eq!(names(Person::objects().filter(|p| p.name.gt(p.boss.name))).await, ["bob", "cyd"]);
        assert_eq!(names(Person::objects().filter(|p| p.home.mayor.eq(ForeignKey::new(2)))).await, ["ann"]);
        assert_eq!(names(Person::objects().filter(|p| p.home.mayor.boss.name.eq("ann"))).await, ["ann"]);
        assert_eq!(names(Person::objects().exclude(|p| p.boss.boss.name.eq("x"))).await.len(), 3);
    });
}

#[test]
fn updates_and_deletes_reach_across() {
    with_people(async |db| {
        let changed = Letter::objects()
            .filter(|l| l.from.home.name.eq("Rome"))
            .update(db, |l| (l.weight.set(l.weight + 1), l.to.set(l.from)))
            .await
            .unwrap();
        assert_eq!(changed, 2);
        assert_eq!(weights(db, Letter::objects().filter(|l| l.to.eq(l.from))).await, [11, 21, 40]);
        let lonely = Person::objects().filter(|p| p.boss.is_null() | p.boss.name.eq("nobody"));
        assert_eq!(lonely.update(db, |p| p.email.set("chief@x")).await.unwrap(), 1);
        let cleared =
            Person::objects().filter(|p| p.boss.email.eq("chief@x")).update(db, |p| p.boss.set(None));
        assert_eq!(cleared.await.unwrap(), 2);
        assert_eq!(Person::objects().filter(|p| p.boss.is_null()).count(db).await.unwrap(), 3);
        assert_eq!(Letter::objects().exclude(|l| l.to.home.name.eq("Rome")).delete(db).await.unwrap(), 1);
        assert_eq!(weights(db, Letter::objects()).await, [11, 21, 30]);
        let across = Letter::objects().update(db, |l| l.weight.set(l.weight + 0)).await;
        assert_eq!(across.unwrap(), 3);
    });
}

#[test]
fn an_assignment_from_a_related_row_is_a_mistake() {
    with_people(async |db| {
        let result = Person::objects().update(db, |p| p.email.set(p.boss.name)).await;
        assert!(matches!(result, Err(orm::Error::InvalidQuery(_))), "{result:?}");
    });
}

#[test]
fn slices_are_updated_and_deleted() {
    with_people(async |db| {
        let heaviest = Letter::objects().order_by(|l| l.weight.desc()).limit(2);
        assert_eq!(heaviest.clone().update(db, |l| l.weight.set(l.weight * -1)).await.unwrap(), 2);
        assert_eq!(weights(db, Letter::objects()).await, [10, 20, -30, -40]);
        let middle = Letter::objects().order_by(|l| (l.from.name, l.weight)).slice(1..3);
        assert_eq!(middle.delete(db).await.unwrap(), 2);
        assert_eq!(weights(db, Letter::objects()).await, [10, -40]);
        assert_eq!(Letter::objects().order_by(|l| l.id).offset(1).delete(db).await.unwrap(), 1);
        assert_eq!(weights(db, Letter::objects()).await, [10]);
        assert_eq!(Letter::objects().limit(0).delete(db).await.unwrap(), 0);
        let joined = Letter::objects().filter(|l| l.from.name.eq("ann")).order_by(|l| l.to.name).limit(1);
        assert_eq!(joined.delete(db).await.unwrap(), 1);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(a, b), ordering = [a, b])]
struct Pair {
    a: i64,
    b: i64,
    person: Option<ForeignKey<Pet>>,
    #[field(default = 0)]
    n: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Pet {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[test]
fn composite_keys_are_updated_and_deleted_across_relations_and_in_slices() {
    run(models![Pet, Pair], async |db| {
        let cat = Pet::objects().create(db, |p| p.name("cat")).await.unwrap();
        for (a, b) in [(1, 1), (1, 2), (2, 1)] {
            Pair::objects()
                .create(db, |p| p.a(a).b(b).person(Some(ForeignKey::to(&cat)).filter(|_| b == 1)))
                .await
                .unwrap();
        }
        assert_eq!(
            Pair::objects().filter(|p| p.person.name.eq("cat")).update(db, |p| p.n.set(5)).await.unwrap(),
            2
        );
        assert_eq!(
            Pair::objects()
                .order_by(|p| (p.a.desc(), p.b))
                .limit(2)
                .update(db, |p| p.n.set(p.n + 1))
                .await
                .unwrap(),
            2
        );
        let all = async || {
            Pair::objects().all(db).await.unwrap().iter().map(|p| (p.a, p.b, p.n)).collect::<Vec<_>>()
        };
        assert_eq!(all().await, [(1, 1, 6), (1, 2, 0), (2, 1, 6)]);
        assert_eq!(Pair::objects().offset(2).delete(db).await.unwrap(), 1);
        assert_eq!(Pair::objects().filter(|p| p.person.name.is_null()).delete(db).await.unwrap(), 1);
        assert_eq!(all().await, [(1, 1, 6)]);
    });
}
