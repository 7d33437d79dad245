//! A database chosen by its URL at run time answers as the one chosen by the compiler.

use orm::prelude::*;

use crate::support::run_by_url;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [-price, name])]
struct Product {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 40, unique)]
    name: String,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    picture: Option<Vec<u8>>,
    code: Uuid,
    tags: Json<Vec<String>>,
    flag: bool,
    number: u64,
    small: i16,
    ratio: f32,
    date: NaiveDate,
    time: NaiveTime,
    at: NaiveDateTime,
    span: std::time::Duration,
    similar: Option<ForeignKey<Product>>,
    #[field(auto_now_add)]
    created: DateTime<Utc>,
}

#[test]
fn every_kind_of_value_and_query() {
    run_by_url(async |_, url| {
        let db = orm::connect(url).await.unwrap();
        db.create_tables(models![Product]).await.unwrap();
        let date = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        let time = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap();
        let tea = Product::objects()
            .create(&db, |p| {
                p.name("Tea")
                    .price(Decimal::new(499, 2))
                    .picture(vec![0, 255])
                    .code(Uuid::from_u128(5))
                    .tags(Json(vec!["hot".into(), "ä".into()]))
                    .flag(true)
                    .number(7_u64)
                    .small(-7_i16)
                    .ratio(0.1_f32)
                    .date(date)
                    .time(time)
                    .at(date.and_time(time))
                    .span(std::time::Duration::from_micros(1_500_001))
            })
            .await
            .unwrap();
        assert_eq!(Product::objects().pk(tea.id).get(&db).await.unwrap(), tea);
        assert_eq!((tea.small, tea.number, tea.ratio, tea.time), (-7, 7, 0.1, time));
        let mut milk = Product {
            id: 9,
            name: "Milk".into(),
            similar: Some(ForeignKey::to(&tea)),
            picture: None,
            ..tea.clone()
        };
        milk.save(&db).await.unwrap();
        let same = Product::objects().filter(|p| p.similar.name.eq("Tea") & p.flag & p.picture.is_null());
        assert_eq!(same.get(&db).await.unwrap(), milk);
        assert_eq!(Product::objects().update(&db, |p| p.price.set(p.price + Decimal::ONE)).await.unwrap(), 2);
        let names: Vec<String> =
            Product::objects().all(&db).await.unwrap().into_iter().map(|p| p.name).collect();
        assert_eq!(names, ["Milk", "Tea"]);
        let mut rows = Product::objects().stream(&db);
        assert_eq!(rows.try_next().await.unwrap().unwrap().price, Decimal::new(599, 2));
        drop(rows);
        assert_eq!(Product::objects().in_bulk(&db, [1, 9, 10]).await.unwrap().len(), 2);
        let twice = Product::objects().create(&db, |p| {
            p.name("Tea")
                .price(Decimal::ONE)
                .code(Uuid::nil())
                .tags(Json(vec![]))
                .flag(false)
                .number(0_u64)
                .small(0_i16)
                .ratio(0.0_f32)
                .date(date)
                .time(time)
                .at(date.and_time(time))
                .span(std::time::Duration::ZERO)
        });
        assert!(twice.await.unwrap_err().is_unique_violation());
        assert!(Product::objects().get(&db).await.is_err());
        assert_eq!(Product::objects().filter(|p| p.similar.is_not_null()).delete(&db).await.unwrap(), 1);
        assert!(tea.delete(&db).await.unwrap());
        db.drop_tables(models![Product]).await.unwrap();
        assert!(Product::objects().count(&db).await.is_err());
        db.close().await;
    });
}

#[test]
fn an_unknown_scheme_says_which_there_are() {
    run_by_url(async |_, _url| {
        for url in ["oracle://x", "", "postgres", "Sqlite::memory:", "http://x/y"] {
            let error = orm::connect(url).await.unwrap_err();
            assert!(matches!(error, orm::Error::Config(_)), "{url}: {error:?}");
            assert!(error.to_string().contains("`sqlite:`"), "{error}");
        }
    });
}

#[test]
fn settings_of_the_pool_may_come_from_elsewhere_than_the_url() {
    run_by_url(async |_, url| {
        let kept = std::cell::Cell::new(None);
        let db = orm::connect_with(url, |pool| {
            kept.set(Some(pool.acquire_timeout));
            pool.pool_size(3).max_overflow(2)
        })
        .await
        .unwrap();
        assert_eq!(kept.get(), Some(std::time::Duration::from_secs(5)), "the closure gets what the URL says");
        let separator = if url.contains('?') { '&' } else { '?' };
        let same = orm::connect(&format!("{url}{separator}pool_size=3&max_overflow=2")).await.unwrap();
        assert_eq!(db.pool_status().max, same.pool_status().max);
        assert!(db.pool_status().max >= 5);
        same.close().await;
        db.close().await;
    });
}
