//! Rows whose columns are chosen at run time.

use orm::Error;
use orm::prelude::*;
use orm::value::{Value, ValueKind};

use crate::support::run;

#[derive(Model, Debug, Clone)]
struct Shop {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Model, Debug, Clone)]
#[model(ordering = [id])]
struct Item {
    #[field(primary_key)]
    id: i64,
    shop: ForeignKey<Shop>,
    #[field(max_length = 50)]
    name: String,
    note: Option<String>,
    active: bool,
    rank: i16,
    stock: u32,
    weight: f64,
    #[field(max_digits = 8, decimal_places = 2)]
    price: Decimal,
    code: Uuid,
    picture: Vec<u8>,
    extra: Json<Vec<i32>>,
    day: NaiveDate,
    time: NaiveTime,
    made: NaiveDateTime,
    sold: DateTime<Utc>,
    took: chrono::TimeDelta,
    body: Deferred<String>,
}

use orm::chrono;

const ALL: [&str; 18] = [
    "id", "shop", "name", "note", "active", "rank", "stock", "weight", "price", "code", "picture", "extra",
    "day", "time", "made", "sold", "took", "body",
];

async fn fill(db: &crate::support::Db) -> Item {
    let shop = Shop::objects().create(db, |s| s.name("corner")).await.unwrap();
    let sold = DateTime::from_timestamp(1_700_000_000, 123_456_000).unwrap();
    Item::objects()
        .create(db, |i| {
            let i = i.shop(&shop).name("Tea").active(true).rank(-3_i16).stock(4_000_000_000_u32).weight(0.5);
            let i = i
                .price(Decimal::new(150, 2))
                .code(Uuid::from_u128(7))
                .picture(vec![0, 255])
                .extra(Json(vec![1, 2]));
            let i = i.day(sold.date_naive()).time(sold.time()).made(sold.naive_utc()).sold(sold);
            i.took(chrono::TimeDelta::microseconds(-5)).body("text")
        })
        .await
        .unwrap()
}

#[test]
fn every_kind_is_read_as_what_it_is() {
    run(models![Shop, Item], async |db| {
        let made = fill(db).await;
        let row = Item::objects().rows_by_name(ALL).get(db).await.unwrap();
        assert_eq!(row.iter().map(|(name, _)| name).collect::<Vec<_>>(), ALL);
        assert_eq!(row.get::<i64>("id").unwrap(), made.id);
        assert_eq!(row.get::<ForeignKey<Shop>>("shop").unwrap(), made.shop);
        assert_eq!(row.get::<String>("name").unwrap(), made.name);
        assert_eq!(row.get::<Option<String>>("note").unwrap(), None);
        assert!(row.get::<bool>("active").unwrap());
        assert_eq!(row.get::<i16>("rank").unwrap(), made.rank);
        assert_eq!(row.get::<i64>("rank").unwrap(), -3, "where nothing is lost");
        assert_eq!(row.get::<u32>("stock").unwrap(), made.stock);
        assert_eq!(row.get::<f64>("weight").unwrap().to_bits(), made.weight.to_bits());
        assert_eq!(row.get::<Decimal>("price").unwrap(), made.price);
        assert_eq!(row.get::<Uuid>("code").unwrap(), made.code);
        assert_eq!(row.get::<Vec<u8>>("picture").unwrap(), made.picture);
        assert_eq!(row.get::<Json<Vec<i32>>>("extra").unwrap(), made.extra);
        assert_eq!(row.get::<NaiveDate>("day").unwrap(), made.day);
        assert_eq!(row.get::<NaiveTime>("time").unwrap(), made.time);
        assert_eq!(row.get::<NaiveDateTime>("made").unwrap(), made.made);
        assert_eq!(row.get::<DateTime<Utc>>("sold").unwrap(), made.sold);
        assert_eq!(row.get::<chrono::TimeDelta>("took").unwrap(), made.took);
        assert_eq!(row.get::<String>("body").unwrap(), "text");
        assert_eq!(row.value("note"), Some(&Value::Null(ValueKind::Text)));
        assert_eq!(row.value("stock"), Some(&Value::U32(4_000_000_000)));
        assert_eq!(row.value("nothing"), None);
    });
}

#[test]
fn serde_writes_a_map() {
    run(models![Shop, Item], async |db| {
        fill(db).await;
        let names = vec![
            "price".to_owned(),
            "name".to_owned(),
            "note".to_owned(),
            "extra".to_owned(),
            "sold".to_owned(),
        ];
        let row = Item::objects().rows_by_name(names).get(db).await.unwrap();
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"price":"1.50","name":"Tea","note":null,"extra":[1,2],"sold":"2023-11-14T22:13:20.123456Z"}"#
        );
    });
}

#[test]
fn only_these_are_selected_and_the_query_goes_on() {
    let sql = Item::objects().rows_by_name(["name", "shop"]).sql(Dialect::Postgres).unwrap();
    assert_eq!(sql, r#"SELECT "name", "shop_id" FROM "item" ORDER BY "id""#);
    run(models![Shop, Item], async |db| {
        fill(db).await;
        let query = Item::objects().rows_by_name(["name"]).filter(|i| i.shop.name.eq("corner"));
        assert_eq!(query.clone().count(db).await.unwrap(), 1);
        let mut rows = query.stream(db);
        assert_eq!(rows.try_next().await.unwrap().unwrap().get::<String>("name").unwrap(), "Tea");
    });
}

#[test]
fn mistakes_are_typed_errors() {
    run(models![Shop, Item], async |db| {
        fill(db).await;
        let error = async |names: &[&str]| Item::objects().rows_by_name(names).all(db).await.unwrap_err();
        let unknown = async |names: &[&str]| {
            let Error::UnknownName(error) = error(names).await else { panic!("a name's error") };
            assert_eq!(error.of(), "Item");
            (error.name().map(str::to_owned), error.to_string())
        };
        assert_eq!(
            unknown(&["name", "nmae"]).await,
            (Some("nmae".to_owned()), "Item has no `nmae`; did you mean `name`?".to_owned())
        );
        let (name, text) = unknown(&["name\" FROM x --"]).await;
        assert_eq!(name, None, "what cannot be a name is not repeated");
        assert!(text.starts_with("Item has nothing of this name; there are `id`, "), "{text}");
        let (name, _) = unknown(&["shop_id"]).await;
        assert_eq!(name.as_deref(), Some("shop_id"), "a column is no field");
        let twice = error(&["id", "id"]).await.to_string();
        assert_eq!(twice, "invalid query: `Item.id` is named twice in `rows_by_name`");
        assert_eq!(error(&[]).await.to_string(), "invalid query: `rows_by_name` was given no names");

        let row = Item::objects().rows_by_name(["id", "note"]).get(db).await.unwrap();
        let error = row.get::<String>("name").unwrap_err();
        assert!(matches!(error, Error::UnknownName(_)));
        assert_eq!(error.to_string(), "Item has no `name` in this row; there are `id` and `note`");
        let error = row.get::<String>("id").unwrap_err();
        assert_eq!(error.to_string(), "Item.id: expected text, the column holds i64");
        let error = row.get::<String>("note").unwrap_err();
        assert_eq!(error.to_string(), "Item.note: NULL where a value is required");
    });
}
