//! UUIDs of every version, ordered by their bytes; MariaDB's own type orders the older versions in its own way.

use orm::Dialect;
use orm::prelude::*;

use super::*;

comes_back_in_order!(uuid_: Uuid, [], vec![
    Uuid::nil(),
    Uuid::from_u128(1),
    Uuid::from_u128(0x0000_0000_0000_0001_0000_0000_0000_0000),
    "018f3c1e-7b1a-7c3d-8e4f-aabbccddeeff".parse().expect("version 7"),
    "018f3c1e-7b1a-7c3d-8e50-000000000000".parse().expect("version 7"),
    "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().expect("version 4"),
    "67e55044-10b1-426f-9247-bb680e5fe0c9".parse().expect("version 4"),
    Uuid::max(),
]);

#[test]
fn version_1_sorts_by_its_node_on_mariadb() {
    use uuid_::Holder;
    crate::support::run(models![Holder], async |db| {
        let early: Uuid = "123e4567-e89b-12d3-a456-426614174000".parse().unwrap();
        let late: Uuid = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6".parse().unwrap();
        for value in [late, early] {
            let row = Holder::objects().create(db, |h| h.value(value)).await.unwrap();
            assert_eq!(Holder::objects().filter(|h| h.value.eq(value)).get(db).await.unwrap(), row);
        }
        let first = Holder::objects().order_by(|h| h.value).first(db).await.unwrap().unwrap();
        // docs/guide/src/differences.md: The order of UUIDs
        assert_eq!(first.value, if db.dialect() == Dialect::MariaDb { late } else { early });
    });
}
