//! Rows that are deleted together are found once, however they hang together, and go in an order that constraints allow.

use orm::Error;
use orm::backend::Executor;
use orm::prelude::*;

use crate::support::{Counting, run};

// A song is restricted by its album and goes with its artist.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(albums = Album::artist, songs = Song::artist))]
struct Artist {
    #[field(primary_key, identity = false)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(songs = Song::album))]
struct Album {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    artist: ForeignKey<Artist>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Song {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    artist: ForeignKey<Artist>,
    #[field(on_delete = restrict)]
    album: ForeignKey<Album>,
}

#[test]
fn what_restricts_may_go_with_what_it_restricts() {
    run(models![Artist, Album, Song], async |db| {
        for id in 1..=2 {
            Artist::objects().create(db, |a| a.id(id)).await.unwrap();
            Album::objects().create(db, |a| a.id(id).artist(ForeignKey::new(id))).await.unwrap();
        }
        // The second artist sings on the first one's album.
        for (id, artist, album) in [(1, 1, 1), (2, 1, 1), (3, 2, 2), (4, 2, 1)] {
            let song = Song::objects();
            song.create(db, |s| s.id(id).artist(ForeignKey::new(artist)).album(ForeignKey::new(album)))
                .await
                .unwrap();
        }
        let Err(Error::Protected(error)) = Album::objects().pk(2).get(db).await.unwrap().delete(db).await
        else {
            panic!("the album has a song")
        };
        assert_eq!(error.keys::<Song>().unwrap(), [3]);
        let Err(Error::Protected(error)) = Artist::objects().filter(|a| a.id.eq(1)).delete(db).await else {
            panic!("the second artist's song is on it")
        };
        assert_eq!((error.total(), error.keys::<Song>().unwrap()), (1, vec![4]));
        assert_eq!(Song::objects().count(db).await.unwrap(), 4);

        let deleted = Artist::objects().filter(|a| a.id.eq(2)).delete_collected(db).await.unwrap();
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Artist", 1), ("Album", 1), ("Song", 2)]);
        assert!(Artist::objects().pk(1).get(db).await.unwrap().delete(db).await.unwrap());
        assert_eq!(Song::objects().count(db).await.unwrap() + Album::objects().count(db).await.unwrap(), 0);
    });
}

// A diamond: what hangs on both sides.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(left = Left::top, right = Right::top, direct = Bottom::top))]
struct Top {
    #[field(primary_key, identity = false)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(bottoms = Bottom::left))]
struct Left {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    top: ForeignKey<Top>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(bottoms = Bottom::right))]
struct Right {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    top: ForeignKey<Top>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(drops = Drop::bottom))]
struct Bottom {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    left: ForeignKey<Left>,
    #[field(on_delete = cascade)]
    right: Option<ForeignKey<Right>>,
    #[field(on_delete = set_null)]
    top: Option<ForeignKey<Top>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Drop {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    bottom: ForeignKey<Bottom>,
}

#[test]
fn rows_that_several_paths_lead_to_count_once() {
    run(models![Top, Left, Right, Bottom, Drop], async |db| {
        for id in 1..=2 {
            Top::objects().create(db, |t| t.id(id)).await.unwrap();
            Left::objects().create(db, |l| l.id(id).top(ForeignKey::new(id))).await.unwrap();
            Right::objects().create(db, |r| r.id(id).top(ForeignKey::new(id))).await.unwrap();
        }
        for (id, left, right, top) in
            [(1, 1, Some(1), 1), (2, 1, Some(2), 1), (3, 2, Some(1), 2), (4, 2, None, 1)]
        {
            let right = right.map(ForeignKey::<Right>::new);
            Bottom::objects()
                .create(db, |b| {
                    let bottom = b.id(id).left(ForeignKey::new(left)).right(right);
                    bottom.top(ForeignKey::<Top>::new(top))
                })
                .await
                .unwrap();
            Drop::objects().create(db, |d| d.id(id).bottom(ForeignKey::new(id))).await.unwrap();
        }
        let deleted = Top::objects().filter(|t| t.id.eq(1)).delete_collected(db).await.unwrap();
        let counts = [("Top", 1), ("Left", 1), ("Right", 1), ("Bottom", 3), ("Drop", 3)];
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), counts);
        let left = Bottom::objects().values(|b| (b.id, b.top.id)).all(db).await.unwrap();
        assert_eq!(left, [(4, None)]);
    });
}

// Two models that point at each other.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(betas = Beta::alpha))]
struct Alpha {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    beta: Option<ForeignKey<Beta>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(alphas = Alpha::beta))]
struct Beta {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    alpha: ForeignKey<Alpha>,
}

/// A circle of so many of each, and a tail of two.
async fn circle(db: &impl Executor, length: i64) {
    for id in 0..length {
        Alpha::objects().create(db, |a| a.id(id)).await.unwrap();
        Beta::objects().create(db, |b| b.id(id).alpha(ForeignKey::new(id))).await.unwrap();
    }
    for id in 0..length {
        let next = ForeignKey::<Beta>::new((id + 1) % length);
        Alpha::objects().filter(|a| a.id.eq(id)).update(db, |a| a.beta.set(next)).await.unwrap();
    }
    Beta::objects().create(db, |b| b.id(100).alpha(ForeignKey::new(0))).await.unwrap();
    Alpha::objects().create(db, |a| a.id(100).beta(ForeignKey::<Beta>::new(100))).await.unwrap();
    Alpha::objects().create(db, |a| a.id(200)).await.unwrap();
}

#[test]
fn circles_of_two_models_are_deleted_whole() {
    run(models![Alpha, Beta], async |db| {
        for length in [1, 2, 5] {
            circle(db, length).await;
            let deleted = Beta::objects().filter(|b| b.id.eq(0)).delete_collected(db).await.unwrap();
            let each = length.unsigned_abs() + 1;
            assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Beta", each), ("Alpha", each)], "{length}");
            assert_eq!(Alpha::objects().delete_collected(db).await.unwrap().total, 1);

            // Also where the database goes around the circle by itself.
            circle(db, length).await;
            assert_eq!(Beta::objects().filter(|b| b.id.eq(0)).delete(db).await.unwrap(), 1);
            assert_eq!(Alpha::objects().delete(db).await.unwrap(), 1);
        }
    });
}

// Trees: by cascades, and of parts that hold each other.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(children = Twig::parent))]
struct Twig {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    parent: Option<ForeignKey<Twig>>,
}

#[test]
fn trees_are_deleted_to_any_depth() {
    run(models![Twig], async |db| {
        Twig::objects().create(db, |t| t.id(0)).await.unwrap();
        for id in 1..=40 {
            Twig::objects().create(db, |t| t.id(id).parent(ForeignKey::<Twig>::new(id - 1))).await.unwrap();
            Twig::objects().create(db, |t| t.id(100 + id).parent(ForeignKey::<Twig>::new(id))).await.unwrap();
        }
        // One that is its own parent.
        Twig::objects().create(db, |t| t.id(500)).await.unwrap();
        Twig::objects()
            .filter(|t| t.id.eq(500))
            .update(db, |t| t.parent.set(ForeignKey::new(500)))
            .await
            .unwrap();
        Twig::objects().create(db, |t| t.id(501).parent(ForeignKey::<Twig>::new(500))).await.unwrap();
        assert_eq!(
            Twig::objects().pk(500).get(db).await.unwrap().delete_collected(db).await.unwrap().total,
            2
        );

        let deleted = Twig::objects().pk(1).get(db).await.unwrap().delete_collected(db).await.unwrap();
        assert_eq!((deleted.total, deleted.of::<Twig>()), (80, 80));
        assert_eq!(Twig::objects().get(db).await.unwrap().id, 0);

        for id in 1..=40 {
            Twig::objects().create(db, |t| t.id(id).parent(ForeignKey::<Twig>::new(id - 1))).await.unwrap();
        }
        assert_eq!(Twig::objects().filter(|t| t.id.eq(0)).delete(db).await.unwrap(), 1);
        assert_eq!(Twig::objects().count(db).await.unwrap(), 0);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(parts = Part::machine))]
struct Machine {
    #[field(primary_key, identity = false)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(inner = Part::outer))]
struct Part {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    machine: ForeignKey<Machine>,
    #[field(on_delete = restrict)]
    outer: Option<ForeignKey<Part>>,
}

#[test]
fn rows_that_restrict_each_other_go_together() {
    run(models![Machine, Part], async |db| {
        for id in 1..=2 {
            Machine::objects().create(db, |m| m.id(id)).await.unwrap();
        }
        // Outer ones have smaller and greater keys, so that no order of keys is the right one.
        for (id, machine, outer) in
            [(10, 1, None), (5, 1, Some(10)), (20, 1, Some(5)), (1, 1, Some(20)), (30, 2, None)]
        {
            let outer = outer.map(ForeignKey::<Part>::new);
            Part::objects()
                .create(db, |p| p.id(id).machine(ForeignKey::new(machine)).outer(outer))
                .await
                .unwrap();
        }
        let error = Part::objects().filter(|p| p.id.is_in([5, 20])).delete(db).await.unwrap_err();
        let Error::Protected(error) = error else { panic!("{error}") };
        assert_eq!(error.keys::<Part>().unwrap(), [1]);
        assert_eq!(Part::objects().filter(|p| p.id.is_in([20, 1])).delete(db).await.unwrap(), 2);

        // In a circle, too, with one outside of it that holds nothing.
        for (id, outer) in [(1, 30), (2, 1), (3, 2), (4, 3)] {
            let part = Part::objects();
            let outer = ForeignKey::<Part>::new(outer);
            part.create(db, |p| p.id(id).machine(ForeignKey::new(2)).outer(outer)).await.unwrap();
        }
        let (first, last) = (ForeignKey::<Part>::new(1), ForeignKey::<Part>::new(3));
        Part::objects().filter(|p| p.id.eq(1)).update(db, |p| p.outer.set(last)).await.unwrap();
        Part::objects().filter(|p| p.id.eq(30)).update(db, |p| p.outer.set(first)).await.unwrap();
        let deleted = Machine::objects().filter(|m| m.id.eq(2)).delete_collected(db).await.unwrap();
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Machine", 1), ("Part", 5)]);
        assert_eq!(Machine::objects().delete(db).await.unwrap(), 1);
        assert_eq!(Part::objects().count(db).await.unwrap(), 0);
    });
}

// Tables between, made and of one's own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(tags: Tag, marks: Tag, through = Mark(article, tag), related: Article, symmetrical))]
struct Article {
    #[field(primary_key, identity = false)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(articles = Article::tags))]
struct Tag {
    #[field(primary_key, identity = false, max_length = 10)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Mark {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    article: ForeignKey<Article>,
    #[field(on_delete = protect)]
    tag: ForeignKey<Tag>,
}

#[test]
fn rows_of_tables_between_are_deleted_and_counted() {
    run(models![Article, Tag, Mark], async |db| {
        for id in 1..=3 {
            Article::objects().create(db, |a| a.id(id)).await.unwrap();
        }
        for name in ["a", "b"] {
            Tag::objects().create(db, |t| t.name(name)).await.unwrap();
        }
        for (article, tag) in [(1, "a"), (1, "b"), (2, "a")] {
            let between = ArticleTags::objects();
            between
                .create(db, |b| b.article(ForeignKey::new(article)).tag(ForeignKey::new(tag)))
                .await
                .unwrap();
        }
        for (from, to) in [(1, 2), (2, 1), (3, 1), (1, 3), (2, 3), (3, 2)] {
            let between = ArticleRelated::objects();
            let (from, to) = (ForeignKey::new(from), ForeignKey::new(to));
            between.create(db, |b| b.from_article(from).to_article(to)).await.unwrap();
        }
        Mark::objects()
            .create(db, |m| m.id(1).article(ForeignKey::new(1)).tag(ForeignKey::new("b")))
            .await
            .unwrap();

        let deleted = Tag::objects().filter(|t| t.name.eq("a")).delete_collected(db).await.unwrap();
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Tag", 1), ("ArticleTags", 2)]);
        let deleted = Article::objects().filter(|a| a.id.eq(1)).delete_collected(db).await.unwrap();
        let counts = [("Article", 1), ("ArticleTags", 1), ("Mark", 1), ("ArticleRelated", 4)];
        assert_eq!((deleted.total, deleted.of::<ArticleRelated>()), (7, 4));
        for count in counts {
            assert!(deleted.by_model().any(|found| found == count), "{count:?} of {deleted:?}");
        }
        assert_eq!(ArticleRelated::objects().count(db).await.unwrap(), 2);
    });
}

// Keys of two fields, and a relation by a unique field.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(order, product), has_many(notes = Note::item, complaints = Complaint::item, gifts = Gift::item))]
struct Item {
    order: i64,
    #[field(max_length = 10)]
    product: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(number, order), foreign_key(item(order, product) = Item, on_delete = cascade))]
#[model(has_many(answers = Answer::note))]
struct Note {
    number: i32,
    order: i64,
    #[field(max_length = 10)]
    product: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(note(number, order) = Note, on_delete = protect))]
struct Answer {
    #[field(primary_key, identity = false)]
    id: i64,
    number: i32,
    order: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(item(order, product) = Item, on_delete = set_null))]
struct Complaint {
    #[field(primary_key, identity = false)]
    id: i64,
    order: Option<i64>,
    #[field(max_length = 10)]
    product: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(item(order, product) = Item, on_delete = set((0, "none"))))]
struct Gift {
    #[field(primary_key, identity = false)]
    id: i64,
    order: i64,
    #[field(max_length = 10)]
    product: String,
}

#[test]
fn composite_keys_are_followed() {
    run(models![Item, Note, Answer, Complaint, Gift], async |db| {
        for (order, product) in [(0, "none"), (1, "tea"), (1, "cup"), (2, "tea")] {
            Item::objects().create(db, |i| i.order(order).product(product)).await.unwrap();
        }
        for (number, order, product) in [(1, 1, "tea"), (2, 1, "cup"), (1, 2, "tea")] {
            Note::objects().create(db, |n| n.number(number).order(order).product(product)).await.unwrap();
        }
        Answer::objects().create(db, |a| a.id(1).number(1).order(2)).await.unwrap();
        for (id, order, product) in [(1, 1, "tea"), (2, 1, "cup"), (3, 2, "tea")] {
            Complaint::objects().create(db, |c| c.id(id).order(order).product(product)).await.unwrap();
            Gift::objects().create(db, |g| g.id(id).order(order).product(product)).await.unwrap();
        }
        let Err(Error::Protected(error)) = Item::objects().filter(|i| i.order.gt(0)).delete(db).await else {
            panic!("there is an answer")
        };
        assert_eq!(
            error.to_string(),
            "`Item` cannot be deleted: 1 row of `Answer` points at `Note` by `note`"
        );
        assert_eq!(error.keys::<Answer>().unwrap(), [1]);
        assert_eq!(Note::objects().count(db).await.unwrap(), 3);

        let deleted =
            Item::objects().pk((1, "tea")).get(db).await.unwrap().delete_collected(db).await.unwrap();
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Item", 1), ("Note", 1)]);
        let complaints =
            Complaint::objects().order_by(|c| c.id).values(|c| (c.order, c.product)).all(db).await.unwrap();
        let pair = |order: i64, product: &str| (Some(order), Some(product.to_owned()));
        assert_eq!(complaints, [(None, None), pair(1, "cup"), pair(2, "tea")]);
        let gifts =
            Gift::objects().order_by(|g| g.id).values(|g| (g.order, g.product)).all(db).await.unwrap();
        assert_eq!(gifts, [(0, "none".to_owned()), (1, "cup".to_owned()), (2, "tea".to_owned())]);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(cities = City::country))]
struct Country {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(max_length = 2, unique)]
    code: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(country(country_code) = Country(code), on_delete = cascade), has_many(streets = Street::city))]
struct City {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 2)]
    country_code: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Street {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = set(None))]
    city: Option<ForeignKey<City>>,
}

#[test]
fn relations_by_unique_fields_are_followed() {
    run(models![Country, City, Street], async |db| {
        for (id, code) in [(1, "de"), (2, "fr")] {
            Country::objects().create(db, |c| c.id(id).code(code)).await.unwrap();
        }
        for code in [Some("de"), Some("fr"), Some("de"), None] {
            let city = City::objects().create(db, |c| c.country_code(code.map(str::to_owned))).await.unwrap();
            Street::objects().create(db, |s| s.city(&city)).await.unwrap();
        }
        assert_eq!(Country::objects().filter(|c| c.code.eq("de")).delete(db).await.unwrap(), 1);
        let cities = City::objects().order_by(|c| c.id).values(|c| c.country_code).all(db).await.unwrap();
        assert_eq!(cities, [Some("fr".to_owned()), None]);
        assert_eq!(Street::objects().filter(|s| s.city.is_null()).count(db).await.unwrap(), 2);
    });
}

#[test]
fn thousands_of_rows_are_a_few_statements() {
    run(models![Country, City, Street], async |db| {
        for (id, code) in [(1, "de"), (2, "fr")] {
            Country::objects().create(db, |c| c.id(id).code(code)).await.unwrap();
            City::objects().create(db, |c| c.country_code(code)).await.unwrap();
        }
        for _ in 0..12 {
            db.batch("INSERT INTO city (country_code) SELECT country_code FROM city").await.unwrap();
        }
        db.batch("INSERT INTO street (city_id) SELECT id FROM city").await.unwrap();
        let counting = Counting::new(db.clone());
        let deleted =
            Country::objects().filter(|c| c.code.eq("de")).delete_collected(&counting).await.unwrap();
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Country", 1), ("City", 4_096)]);
        // Five batches of cities, whose streets are changed and which are deleted; then the country.
        assert_eq!(counting.taken(), (2, 5 + 5 + 1, 1));
        assert_eq!(Street::objects().filter(|s| s.city.is_null()).count(db).await.unwrap(), 4_096);
        assert_eq!(City::objects().count(db).await.unwrap(), 4_096);
    });
}
