//! Fields that a query may leave out.

use futures_util::TryStreamExt;
use orm::error::ValueError;
use orm::prelude::*;
use serde::{Deserialize, Serialize};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Writer {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

/// Deferred fields between others, so that positions matter.
#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[model(ordering = [id])]
struct Article {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    body: Deferred<String>,
    #[field(max_length = 50)]
    title: String,
    summary: Deferred<Option<String>>,
    #[field(default = 0)]
    views: i64,
    #[field(max_digits = 8, decimal_places = 2, default = Decimal::TEN)]
    price: Deferred<Decimal>,
    writer: ForeignKey<Writer>,
}

async fn fill(db: &Db) -> Vec<Article> {
    let writer = Writer::objects().create(db, |w| w.name("ann")).await.unwrap();
    let mut made = Vec::new();
    for (title, summary) in [("a", Some("short")), ("b", None)] {
        let summary = summary.map(str::to_owned);
        let body = format!("body of {title}");
        made.push(
            Article::objects()
                .create(db, |a| a.writer(&writer).title(title).body(body).summary(summary))
                .await
                .unwrap(),
        );
    }
    made
}

#[test]
fn it_is_loaded_unless_the_query_says_otherwise() {
    run(models![Writer, Article], async |db| {
        let made = fill(db).await;
        assert_eq!(made[0].body.get().map(String::as_str), Some("body of a"));
        assert_eq!(made[1].summary, Deferred::from(None));
        assert_eq!(made[0].price.get(), Some(&Decimal::new(1000, 2)));
        assert_eq!(Article::objects().all(db).await.unwrap(), made);

        let light = Article::objects().defer(|a| a.body).all(db).await.unwrap();
        assert!(light.iter().all(|article| article.body.is_not_loaded() && article.summary.is_loaded()));
        let expected: Vec<Article> =
            made.iter().map(|article| Article { body: Deferred::not_loaded(), ..article.clone() }).collect();
        assert_eq!(light, expected);

        let lighter =
            Article::objects().defer(|a| (a.price, a.body)).defer(|a| a.summary).first(db).await.unwrap();
        let lighter = lighter.unwrap();
        assert_eq!((lighter.title.as_str(), lighter.views, *lighter.writer.key()), ("a", 0, 1));
        assert_eq!((lighter.body.get(), lighter.summary.get(), lighter.price.get()), (None, None, None));
    });
}

#[test]
fn what_is_left_out_is_not_selected() {
    let deferred = Article::objects().defer(|a| (a.summary, a.body));
    let sql = deferred.clone().sql(Dialect::Postgres).unwrap();
    assert_eq!(sql, r#"SELECT "id", "title", "views", "price", "writer_id" FROM "article" ORDER BY "id""#);
    let sql = deferred.filter(|a| a.writer.name.eq("ann")).sql(Dialect::MySql).unwrap();
    assert!(
        sql.starts_with("SELECT `article`.`id`, `article`.`title`, `article`.`views`, `article`.`price`, `article`.`writer_id` FROM"),
        "{sql}"
    );
}

#[test]
fn queries_treat_it_as_the_value() {
    run(models![Writer, Article], async |db| {
        fill(db).await;
        let deferred = Article::objects().defer(|a| (a.body, a.summary));
        let found =
            deferred.clone().filter(|a| a.body.endswith("of b") & a.summary.is_null()).get(db).await.unwrap();
        assert_eq!((found.title.as_str(), found.body.get()), ("b", None));
        let last = deferred.clone().order_by(|a| a.body.desc()).first(db).await.unwrap().unwrap();
        assert_eq!(last.title, "b");
        Article::objects().update(db, |a| (a.body.set("new"), a.price.set(a.price + 1))).await.unwrap();
        let values = Article::objects().values(|a| (a.body, a.summary)).all(db).await.unwrap();
        assert_eq!(values, [("new".to_owned(), Some("short".to_owned())), ("new".to_owned(), None)]);
        assert_eq!(deferred.clone().update(db, |a| a.views.set(9)).await.unwrap(), 2);
        let counted = deferred.clone().aggregate(db, |a| (a.views.sum(), a.summary.count())).await.unwrap();
        assert_eq!(counted, (Some(18), 1));
        assert_eq!(deferred.clone().count(db).await.unwrap(), 2);
        assert!(deferred.clone().exists(db).await.unwrap());
        assert!(deferred.clone().contains(db, &found).await.unwrap());
        assert!(!deferred.clone().limit(1).contains(db, &found).await.unwrap());
        assert_eq!(deferred.delete(db).await.unwrap(), 2);
    });
}

#[test]
fn the_rest_of_the_query_does_not_mind() {
    run(models![Writer, Article], async |db| {
        let made = fill(db).await;
        let deferred = Article::objects().defer(|a| a.body);
        let beside = deferred.clone().annotate(|a| (a.writer.name, a.views + 1)).all(db).await.unwrap();
        assert_eq!((beside[1].0.title.as_str(), beside[1].1.as_str(), beside[1].2), ("b", "ann", 1));
        assert_eq!((beside[0].0.body.get(), &beside[0].0.price), (None, &made[0].price));
        let ordered =
            deferred.clone().distinct().order_by(|a| (a.writer.name, a.id.desc())).all(db).await.unwrap();
        assert_eq!(ordered.iter().map(|article| article.id).collect::<Vec<_>>(), [2, 1]);
        let windowed = deferred
            .clone()
            .qualify(|a| row_number().partition_by(a.writer).order_by(a.id.desc()).eq(1))
            .get(db)
            .await
            .unwrap();
        assert_eq!((windowed.title.as_str(), windowed.body.get()), ("b", None));
        let first =
            deferred.clone().order_by(|a| a.id.desc()).distinct_on(|a| a.writer).get(db).await.unwrap();
        assert_eq!((first.title.as_str(), first.body.get()), ("b", None));
        let by_key = deferred.clone().in_bulk(db, [1, 2, 3]).await.unwrap();
        assert_eq!((by_key.len(), by_key[&1].title.as_str()), (2, "a"));
        let rows: Vec<Article> = deferred.clone().stream(db).try_collect().await.unwrap();
        assert!(rows.len() == 2 && rows[0].body.is_not_loaded());
        assert_eq!(deferred.limit(1).aggregate(db, |a| a.id.count()).await.unwrap(), 1);
    });
}

#[test]
fn combined_queries_leave_out_the_same() {
    run(models![Writer, Article], async |db| {
        fill(db).await;
        let one = Article::objects().defer(|a| (a.body, a.summary)).filter(|a| a.title.eq("a"));
        let other = Article::objects().defer(|a| a.summary).defer(|a| a.body);
        let both = one.clone().union(other.clone()).order_by(|a| a.id).all(db).await.unwrap();
        assert_eq!(both.iter().map(|article| article.id).collect::<Vec<_>>(), [1, 2]);
        let three = one.clone().union_all(other.clone()).union_all(other.clone());
        assert_eq!(three.all(db).await.unwrap().len(), 5);
        for mistaken in [
            one.clone().union(Article::objects()).all(db).await,
            Article::objects().union(one.clone()).all(db).await,
            one.clone().union(Article::objects().defer(|a| (a.body, a.price))).all(db).await,
            one.clone().union(other).union(Article::objects()).all(db).await,
        ] {
            assert_eq!(
                mistaken.unwrap_err().to_string(),
                "invalid query: combined querysets must `defer` the same fields"
            );
        }
    });
}

#[test]
fn save_leaves_alone_what_is_not_loaded() {
    run(models![Writer, Article], async |db| {
        let made = fill(db).await;
        let mut light = Article::objects().defer(|a| (a.body, a.price)).pk(1).get(db).await.unwrap();
        light.title = "new".into();
        light.price = Decimal::new(5, 0).into();
        light.save(db).await.unwrap();
        assert!(light.body.is_not_loaded());
        let stored = Article::objects().pk(1).get(db).await.unwrap();
        assert_eq!((stored.title.as_str(), &stored.body), ("new", &made[0].body));
        assert_eq!(stored.price.get(), Some(&Decimal::new(500, 2)));

        light.body.set("changed");
        light.save_fields(db, |a| (a.body,)).await.unwrap();
        assert_eq!(Article::objects().pk(1).get(db).await.unwrap().body, "changed".into());
        let too_long = Article { body: "123456789 123456789 1".into(), ..light.clone() }.save(db).await;
        assert_eq!(
            too_long.unwrap_err().to_string(),
            "Article.body: text of 21 characters is longer than max_length = 20"
        );
    });
}

#[test]
fn what_is_not_loaded_cannot_be_written() {
    run(models![Writer, Article], async |db| {
        fill(db).await;
        let mut light = Article::objects().defer(|a| a.body).pk(1).get(db).await.unwrap();
        let error = light.save_fields(db, |a| (a.title, a.body)).await.unwrap_err();
        assert_eq!(error.to_string(), "Article.body: the value was not loaded, so it cannot be written");
        let orm::Error::Value(error) = error else { panic!("{error}") };
        assert_eq!(error.value_error(), &ValueError::NotLoaded);

        light.id = 40;
        let error = light.save(db).await.unwrap_err();
        assert_eq!(error.to_string(), "Article.body: the value was not loaded, so it cannot be written");
        assert_eq!(Article::objects().count(db).await.unwrap(), 2, "nothing was inserted");
        light.body.set("given");
        light.save(db).await.unwrap();
        assert_eq!(Article::objects().pk(40).get(db).await.unwrap(), light);
    });
}

#[test]
fn load_reads_it_on_request() {
    run(models![Writer, Article], async |db| {
        let made = fill(db).await;
        let mut light =
            Article::objects().defer(|a| (a.body, a.summary, a.price)).pk(1).get(db).await.unwrap();
        light.title = "unsaved".into();
        light.load(db, |a| a.body).await.unwrap();
        assert_eq!((&light.body, light.summary.get()), (&made[0].body, None));
        light.load(db, |a| (a.summary, a.price)).await.unwrap();
        assert_eq!((&light.summary, &light.price), (&made[0].summary, &made[0].price));
        assert_eq!(light.title, "unsaved", "nothing else is read");
        light.refresh(db).await.unwrap();
        assert_eq!(light, made[0]);

        let mut gone = Article::objects().defer(|a| a.body).pk(2).get(db).await.unwrap();
        Article::objects().pk(2).delete(db).await.unwrap();
        assert!(gone.load(db, |a| a.body).await.unwrap_err().is_does_not_exist());
        assert!(gone.body.is_not_loaded());
    });
}

#[test]
fn refresh_loads_all() {
    run(models![Writer, Article], async |db| {
        let made = fill(db).await;
        let mut light = Article::objects().defer(|a| (a.body, a.summary)).pk(2).get(db).await.unwrap();
        light.refresh(db).await.unwrap();
        assert_eq!(light, made[1]);
    });
}

#[test]
fn builders_and_new_rows_take_the_plain_value() {
    run(models![Writer, Article], async |db| {
        fill(db).await;
        let new = NewArticle {
            id: None,
            body: "text".into(),
            title: "c".into(),
            summary: None,
            views: None,
            price: Some(Decimal::ONE),
            writer: ForeignKey::new(1),
        };
        let made = Article::objects().insert(db, new).await.unwrap();
        assert_eq!((made.body.get().map(String::as_str), made.summary), (Some("text"), Deferred::from(None)));
    });
}

#[test]
fn the_time_of_a_save_can_be_deferred() {
    #[derive(Model, Debug)]
    struct Visit {
        #[field(primary_key)]
        id: i64,
        #[field(auto_now)]
        seen: Deferred<DateTime<Utc>>,
    }

    run(models![Visit], async |db| {
        let made = Visit::objects().create(db, |v| v).await.unwrap();
        let mut light = Visit::objects().defer(|v| v.seen).get(db).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        light.save(db).await.unwrap();
        assert!(light.seen.get() > made.seen.get());
        assert_eq!(Visit::objects().get(db).await.unwrap().seen, light.seen);
    });
}

#[test]
fn serde_writes_the_value_or_null() {
    run(models![Writer, Article], async |db| {
        let made = fill(db).await;
        let whole = serde_json::to_value(&made[0]).unwrap();
        assert_eq!((&whole["body"], &whole["summary"]), (&"body of a".into(), &"short".into()));
        assert_eq!(serde_json::from_value::<Article>(whole).unwrap(), made[0]);
        let light = Article::objects().defer(|a| a.body).pk(1).get(db).await.unwrap();
        assert_eq!(serde_json::to_value(&light).unwrap()["body"], serde_json::Value::Null);
        assert_eq!(format!("{:?} {:?}", light.body, made[0].body), r#"(not loaded) "body of a""#);
    });
}
