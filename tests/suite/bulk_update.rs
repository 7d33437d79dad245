//! `bulk_update` and `bulk_delete`: rows that are held, written or deleted together.

use orm::Error;
use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Shop {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    town: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Sale {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    shop: ForeignKey<Shop>,
    #[field(max_length = 20)]
    name: String,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    pieces: Option<i32>,
    share: f64,
    paid: bool,
    day: Option<NaiveDate>,
    at: Option<DateTime<Utc>>,
    token: Option<Uuid>,
    bytes: Vec<u8>,
    data: serde_json::Value,
    #[field(auto_now)]
    changed: DateTime<Utc>,
}

async fn sales(db: &Db, count: i32) -> Vec<Sale> {
    let shops =
        Shop::objects().bulk_create(db, ["x", "y"].map(|town| Shop::draft().town(town))).await.unwrap();
    let sale = |n: i32| {
        let shop = &shops[usize::from(n % 2 == 1)];
        let sale =
            Sale::draft().shop(shop).name(format!("n{n}")).price(Decimal::from(n)).share(0.5).paid(false);
        sale.bytes(vec![]).data(serde_json::json!(null))
    };
    Sale::objects().bulk_create(db, (0..count).map(sale)).await.unwrap()
}

#[test]
fn each_row_gets_its_own_values() {
    run(models![Shop, Sale], async |db| {
        for count in [1, 3, 1_500] {
            Shop::objects().delete(db).await.unwrap();
            let mut rows = sales(db, count).await;
            let before = rows.clone();
            for (n, row) in (1..).zip(&mut rows) {
                row.name = format!("ä{n}'");
                row.price = Decimal::new(i64::from(n), 2);
                row.pieces = Some(n).filter(|n| n % 3 != 1);
                row.share = f64::from(n) / 3.0;
                row.paid = n % 2 == 0;
                row.day = NaiveDate::from_num_days_from_ce_opt(738_000 + n).filter(|_| n % 2 == 0);
                row.at = DateTime::from_timestamp_micros(1_700_000_000_123_456 + i64::from(n))
                    .filter(|_| n % 3 != 1);
                row.token = Some(Uuid::from_u128(n.unsigned_abs().into())).filter(|_| n % 2 == 0);
                row.bytes = vec![0, 255, u8::try_from(n % 200).unwrap()];
                row.data = serde_json::json!({"n": n, "text": "a\"b"});
            }
            let matched = Sale::objects()
                .bulk_update(db, &mut rows, |s| {
                    (s.name, s.price, s.pieces, s.share, s.paid, s.day, s.at, s.token, s.bytes, s.data)
                })
                .await
                .unwrap();
            assert_eq!(matched, u64::try_from(count).unwrap());
            assert!(rows[0].changed > before[0].changed, "the time of change moves along");
            let stored = Sale::objects().order_by(|s| s.id).all(db).await.unwrap();
            for (stored, row) in stored.iter().zip(&rows) {
                assert_eq!(stored, row);
            }
            // The same values again match as many rows.
            assert_eq!(Sale::objects().bulk_update(db, &mut rows, |s| s.price).await.unwrap(), matched);
        }
    });
}

#[test]
fn only_rows_of_the_queryset_and_only_the_fields() {
    run(models![Shop, Sale], async |db| {
        let mut rows = sales(db, 6).await;
        for row in &mut rows {
            (row.pieces, row.paid) = (Some(7), true);
        }
        Sale::objects().pk(rows[5].id).delete(db).await.unwrap();
        let matched = Sale::objects().bulk_update(db, &mut rows, |s| s.pieces).batch_size(2).await.unwrap();
        assert_eq!(matched, 5);
        assert_eq!(Sale::objects().filter(|s| s.paid).count(db).await.unwrap(), 0);
        let cheap = Sale::objects().filter(|s| s.price.lt(Decimal::TWO));
        assert_eq!(cheap.bulk_update(db, &mut rows, |s| (s.paid, s.pieces)).await.unwrap(), 2);
        assert_eq!(Sale::objects().filter(|s| s.paid).count(db).await.unwrap(), 2);
        for row in &mut rows {
            row.pieces = None;
        }
        let in_x = Sale::objects().filter(|s| s.shop.town.eq("x"));
        assert_eq!(in_x.bulk_update(db, &mut rows, |s| s.pieces).await.unwrap(), 3);
        let last = Sale::objects().order_by(|s| s.id.desc()).limit(1);
        assert_eq!(last.bulk_update(db, &mut rows, |s| s.pieces).await.unwrap(), 1);
        assert_eq!(Sale::objects().filter(|s| s.pieces.is_null()).count(db).await.unwrap(), 3);
        assert_eq!(Sale::objects().none().bulk_update(db, &mut rows, |s| s.pieces).await.unwrap(), 0);
        assert_eq!(Sale::objects().bulk_update(db, &mut [], |s| s.pieces).await.unwrap(), 0);
    });
}

#[test]
fn mistakes_are_refused_and_nothing_is_written() {
    run(models![Shop, Sale], async |db| {
        let mut rows = sales(db, 4).await;
        let key = Sale::objects().bulk_update(db, &mut rows, |s| (s.id, s.name)).await;
        assert!(matches!(key, Err(Error::InvalidQuery(_))), "{key:?}");
        let mut twice = vec![rows[0].clone(), rows[0].clone()];
        let twice = Sale::objects().bulk_update(db, &mut twice, |s| s.name).await;
        assert!(matches!(twice, Err(Error::InvalidQuery(_))), "{twice:?}");
        for row in &mut rows {
            row.name = "changed".into();
        }
        rows[3].name = "x".repeat(21);
        let long = Sale::objects().bulk_update(db, &mut rows, |s| s.name).batch_size(1).await.unwrap_err();
        assert_eq!(long.to_string(), "Sale.name: text of 21 characters is longer than max_length = 20");
        assert_eq!(Sale::objects().filter(|s| s.name.eq("changed")).count(db).await.unwrap(), 0);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(region, number))]
struct Parcel {
    #[field(max_length = 10)]
    region: String,
    number: i32,
    weight: Option<f64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Token {
    #[field(primary_key)]
    id: Uuid,
    #[field(max_length = 10)]
    owner: Option<String>,
}

#[test]
fn keys_of_every_form() {
    run(models![Parcel, Token], async |db| {
        let parcel = |n: i32| Parcel::draft().region(if n % 2 == 0 { "x" } else { "X" }).number(n / 2);
        let mut rows = Parcel::objects().bulk_create(db, (0..1_200).map(parcel)).await.unwrap();
        for (n, row) in (0_i32..).zip(&mut rows) {
            row.weight = Some(f64::from(n));
        }
        assert_eq!(Parcel::objects().bulk_update(db, &mut rows, |p| p.weight).await.unwrap(), 1_200);
        let stored = Parcel::objects().order_by(|p| p.weight).all(db).await.unwrap();
        assert!(stored == rows, "also keys that differ only in case");
        assert_eq!(Parcel::objects().bulk_delete(db, &rows[100..]).await.unwrap(), 1_100);
        assert_eq!(Parcel::objects().order_by(|p| p.weight).all(db).await.unwrap(), rows[..100]);

        let token = |n: u128| Token::draft().id(Uuid::from_u128(n));
        let mut rows = Token::objects().bulk_create(db, (0..50).map(token)).await.unwrap();
        for row in &mut rows {
            row.owner = Some("me".into());
        }
        rows[7].owner = None;
        assert_eq!(Token::objects().bulk_update(db, &mut rows, |t| t.owner).await.unwrap(), 50);
        assert_eq!(Token::objects().order_by(|t| t.id).all(db).await.unwrap(), rows);
        let mine = Token::objects().filter(|t| t.owner.eq("me"));
        assert_eq!(mine.bulk_delete(db, &rows).await.unwrap(), 49);
        assert_eq!(Token::objects().bulk_delete(db, &rows).await.unwrap(), 1);
        assert_eq!(Token::objects().bulk_delete(db, &[]).await.unwrap(), 0);
    });
}
