//! Equal rows once, also beside an order by other tables' columns.

use orm::Error;
use orm::prelude::*;

use crate::support::run;

#[derive(Model, Debug, Clone, PartialEq)]
struct Owner {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Pet {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    owner: ForeignKey<Owner>,
    #[field(max_digits = 6, decimal_places = 2)]
    weight: Decimal,
}

#[test]
fn distinct_rows_are_counted_sliced_and_ordered() {
    run(models![Owner, Pet], async |db| {
        for name in ["b", "a"] {
            Owner::objects().create(db, |o| o.name(name)).await.unwrap();
        }
        for (name, owner) in [("x", 1), ("y", 2), ("x", 2)] {
            Pet::objects()
                .create(db, |p| p.name(name).owner(ForeignKey::new(owner)).weight(Decimal::ONE))
                .await
                .unwrap();
        }
        let pets = || Pet::objects().distinct();
        assert_eq!(pets().count(db).await.unwrap(), 3);
        assert!(pets().exists(db).await.unwrap());
        let ids = |rows: Vec<Pet>| rows.iter().map(|pet| pet.id).collect::<Vec<_>>();
        assert_eq!(ids(pets().order_by(|p| (p.owner.name, p.name)).all(db).await.unwrap()), [3, 2, 1]);
        let by_owner = || pets().order_by(|p| (p.owner.name.desc(), p.owner.id, p.id));
        assert_eq!(ids(by_owner().all(db).await.unwrap()), [1, 2, 3]);
        assert_eq!(ids(by_owner().slice(1..).all(db).await.unwrap()), [2, 3]);
        assert_eq!(by_owner().slice(1..).count(db).await.unwrap(), 2);
        assert!(by_owner().slice(1..).exists(db).await.unwrap());
        assert!(!by_owner().slice(3..).exists(db).await.unwrap());
        assert_eq!(by_owner().first(db).await.unwrap().unwrap().id, 1);
        assert_eq!(by_owner().last(db).await.unwrap().unwrap().id, 3);
        assert_eq!(ids(pets().order_by(|p| (p.id * -1).asc()).all(db).await.unwrap()), [3, 2, 1]);
        assert_eq!(
            by_owner().filter(|p| p.owner.name.eq("a")).update(db, |p| p.name.set("z")).await.unwrap(),
            2
        );
        assert_eq!(by_owner().limit(1).delete(db).await.unwrap(), 1);
        let random = pets().order_by(|_| random()).all(db).await;
        assert!(matches!(random, Err(Error::InvalidQuery(_))), "{random:?}");
    });
}
