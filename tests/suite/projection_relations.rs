//! Structs that contain related rows: joined where there is one, lists by one further query each.

use orm::prelude::*;
use orm::recorder::record;
use serde::Serialize;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone)]
struct Company {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
    city: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(ordering = [id], has_many(posts = Post::author, edited = Post::editor, reports = Person::boss), has_one(profile = Profile::person))]
struct Person {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
    company: Option<ForeignKey<Company>>,
    boss: Option<ForeignKey<Person>>,
}

#[derive(Model, Debug, Clone)]
struct Profile {
    #[field(primary_key)]
    id: i64,
    person: OneToOne<Person>,
    #[field(max_length = 50)]
    motto: String,
}

/// Without `Clone`, as are the projections of it.
#[derive(Model, Debug)]
#[model(ordering = [id], has_many(comments = Comment::post), many_to_many(tags: Tag))]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<Person>,
    editor: Option<ForeignKey<Person>>,
    #[field(max_length = 50)]
    title: String,
    views: i64,
}

#[derive(Model, Debug)]
#[model(ordering = [name])]
struct Tag {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Model, Debug)]
#[model(ordering = [id])]
struct Comment {
    #[field(primary_key)]
    id: i64,
    post: ForeignKey<Post>,
    writer: Option<ForeignKey<Person>>,
    #[field(max_length = 50)]
    text: String,
    visible: bool,
}

#[derive(Projection, Debug, PartialEq, Serialize)]
#[projection(Post)]
struct PostCard {
    id: i64,
    title: String,
    author: AuthorCard,
    tags: Vec<TagName>,
}

#[derive(Projection, Debug, PartialEq, Serialize)]
#[projection(Person)]
struct AuthorCard {
    name: String,
}

#[derive(Projection, Debug, PartialEq, Serialize)]
#[projection(Tag)]
struct TagName {
    name: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Company)]
struct CompanyCard {
    name: String,
    city: Option<String>,
}

/// Rows within rows, of which some may be missing.
#[derive(Projection, Debug, PartialEq)]
#[projection(Post)]
struct Credits {
    title: String,
    author: WriterCard,
    editor: Option<WriterCard>,
    /// A row that is always there fits in an `Option`.
    #[projection(path = author)]
    again: Option<AuthorCard>,
    #[projection(path = author)]
    key: ForeignKey<Person>,
    #[projection(path = author.company)]
    company: Option<CompanyCard>,
    #[projection(path = editor.company)]
    editing: Option<CompanyCard>,
    #[projection(expr = |p| p.views * 2)]
    twice: i64,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Person)]
struct WriterCard {
    name: String,
    company: Option<CompanyCard>,
    profile: Option<Motto>,
    #[projection(path = boss.name)]
    boss: Option<String>,
    /// Of the person, wherever the person is.
    #[projection(expr = |p| p.posts.count())]
    posts: i64,
    #[projection(expr = |p| p.name.concat("!"))]
    loud: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Profile)]
struct Motto {
    motto: String,
}

/// Lists within rows within lists.
#[derive(Projection, Debug, PartialEq)]
#[projection(Post)]
struct Thread {
    title: String,
    author: Author,
    editor: Option<Author>,
    comments: Vec<CommentCard>,
    #[projection(expr = |p| p.comments.filter(|c| c.visible.eq(true)).order_by(|c| c.id.desc()).limit(1))]
    last: Vec<CommentText>,
    #[projection(expr = |p| p.tags.values(|t| t.name))]
    tags: Vec<String>,
    #[projection(expr = |p| p.tags.order_by(|t| t.id).values(|t| (t.id, t.name)))]
    pairs: Vec<(i64, String)>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Person)]
struct Author {
    posts: Vec<Title>,
    name: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Post)]
struct Title {
    title: String,
    tags: Vec<TagName>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Comment)]
struct CommentCard {
    text: String,
    writer: Option<Author>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Comment)]
struct CommentText {
    text: String,
}

/// A list at the end of a path.
#[derive(Projection, Debug, PartialEq)]
#[projection(Post)]
struct Beside {
    id: i64,
    #[projection(path = author.posts)]
    written: Vec<Only>,
    #[projection(path = editor.posts)]
    others: Vec<Only>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Post)]
struct Only {
    id: i64,
}

/// Nothing but a list.
#[derive(Projection, Debug, PartialEq)]
#[projection(Person)]
struct Written {
    posts: Vec<Only>,
}

async fn fill(db: &Db) {
    let acme = Company::objects().create(db, |c| c.name("Acme").city("Ulm")).await.unwrap();
    let blank = Company::objects().create(db, |c| c.name("Blank")).await.unwrap();
    let ann = Person::objects().create(db, |p| p.name("ann").company(&acme)).await.unwrap();
    let bea = Person::objects().create(db, |p| p.name("bea").company(&blank).boss(&ann)).await.unwrap();
    let cid = Person::objects().create(db, |p| p.name("cid").boss(&bea)).await.unwrap();
    Profile::objects().create(db, |p| p.person(&ann).motto("on")).await.unwrap();
    let mut tags = Vec::new();
    for name in ["sql", "rust"] {
        tags.push(Tag::objects().create(db, |t| t.name(name)).await.unwrap());
    }
    for (author, editor, title, views, tagged) in [
        (&ann, Some(&bea), "one", 10, &[0, 1][..]),
        (&bea, None, "two", 20, &[]),
        (&ann, Some(&ann), "three", 30, &[0]),
    ] {
        let post = Post::objects()
            .create(db, |p| p.author(author).title(title).views(views).editor(editor.map(ForeignKey::to)))
            .await
            .unwrap();
        for tag in tagged {
            PostTags::objects().create(db, |t| t.post(&post).tag(&tags[*tag])).await.unwrap();
        }
        for (text, writer, visible) in [("a", Some(&bea), true), ("b", None, true), ("c", Some(&cid), false)]
        {
            if title == "two" && text != "a" {
                continue;
            }
            let text = format!("{title} {text}");
            Comment::objects()
                .create(db, |c| c.post(&post).text(text).visible(visible).writer(writer.map(ForeignKey::to)))
                .await
                .unwrap();
        }
    }
}

fn tag(name: &str) -> TagName {
    TagName { name: name.into() }
}

fn company(name: &str, city: Option<&str>) -> CompanyCard {
    CompanyCard { name: name.into(), city: city.map(Into::into) }
}

fn writer(name: &str) -> WriterCard {
    let of = |company, profile, boss: Option<&str>, posts| WriterCard {
        name: name.into(),
        company,
        profile,
        boss: boss.map(Into::into),
        posts,
        loud: format!("{name}!"),
    };
    match name {
        "ann" => of(Some(company("Acme", Some("Ulm"))), Some(Motto { motto: "on".into() }), None, 2),
        "bea" => of(Some(company("Blank", None)), None, Some("ann"), 1),
        _ => of(None, None, Some("bea"), 0),
    }
}

#[test]
fn a_struct_contains_related_rows() {
    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        let (cards, recording) =
            record(Post::objects().order_by(|p| p.id).project::<PostCard>().all(db)).await;
        let cards = cards.unwrap();
        assert_eq!(recording.statements().len(), 2);
        let card = |id, title: &str, author: &str, tags| PostCard {
            id,
            title: title.into(),
            author: AuthorCard { name: author.into() },
            tags,
        };
        let expected = [
            card(1, "one", "ann", vec![tag("rust"), tag("sql")]),
            card(2, "two", "bea", vec![]),
            card(3, "three", "ann", vec![tag("sql")]),
        ];
        assert_eq!(cards, expected);
        let json = serde_json::to_value(&cards[2]).unwrap();
        let nested = serde_json::json!({"id": 3, "title": "three", "author": {"name": "ann"}, "tags": [{"name": "sql"}]});
        assert_eq!(json, nested);
    });
}

#[test]
fn rows_within_rows_are_joined_and_may_be_missing() {
    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        let credits = Post::objects().order_by(|p| p.id).project::<Credits>();
        let expected = |title: &str, author: &str, editor: Option<&str>, twice| Credits {
            title: title.into(),
            author: writer(author),
            editor: editor.map(writer),
            again: Some(AuthorCard { name: author.into() }),
            key: ForeignKey::new(if author == "ann" { 1 } else { 2 }),
            company: writer(author).company,
            editing: editor.and_then(|editor| writer(editor).company),
            twice,
        };
        assert_eq!(
            credits.clone().all(db).await.unwrap(),
            [
                expected("one", "ann", Some("bea"), 20),
                expected("two", "bea", None, 40),
                expected("three", "ann", Some("ann"), 60)
            ]
        );
        let two = credits.filter(|p| p.editor.is_null()).get(db).await.unwrap();
        assert_eq!(two, expected("two", "bea", None, 40));
    });
}

fn title(title: &str) -> Title {
    let tags = match title {
        "one" => vec![tag("rust"), tag("sql")],
        "two" => vec![],
        _ => vec![tag("sql")],
    };
    Title { title: title.into(), tags }
}

fn author(name: &str) -> Author {
    let posts = match name {
        "ann" => vec![title("one"), title("three")],
        "bea" => vec![title("two")],
        _ => vec![],
    };
    Author { posts, name: name.into() }
}

fn thread(name: &str) -> Thread {
    let comment = |text: &str, writer: Option<&str>| CommentCard {
        text: format!("{name} {text}"),
        writer: writer.map(author),
    };
    let last = |text: &str| vec![CommentText { text: format!("{name} {text}") }];
    let all = || vec![comment("a", Some("bea")), comment("b", None), comment("c", Some("cid"))];
    let made = |author, editor, comments, last, tags: &[&str], pairs: &[(i64, &str)]| Thread {
        title: name.into(),
        author,
        editor,
        comments,
        last,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        pairs: pairs.iter().map(|(id, tag)| (*id, (*tag).to_owned())).collect(),
    };
    let (ann, bea) = (author("ann"), author("bea"));
    match name {
        "one" => made(ann, Some(bea), all(), last("b"), &["rust", "sql"], &[(1, "sql"), (2, "rust")]),
        "two" => made(bea, None, vec![comment("a", Some("bea"))], last("a"), &[], &[]),
        _ => made(ann, Some(author("ann")), all(), last("b"), &["sql"], &[(1, "sql")]),
    }
}

#[test]
fn lists_are_at_any_depth() {
    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        let threads = Post::objects().order_by(|p| p.id).project::<Thread>();
        let (all, recording) = record(threads.clone().all(db)).await;
        let all = all.unwrap();
        assert_eq!(all, [thread("one"), thread("two"), thread("three")]);
        // The posts, and one for each list: four of their own; the posts of authors, editors and writers, and the tags of
        // these.
        assert_eq!(recording.statements().len(), 1 + 4 + 3 * 2);
        // A queryset is a value: what one run keeps is not seen by another.
        let reversed = threads.clone().reverse();
        let (first, second) = futures_util::join!(threads.clone().all(db), reversed.all(db));
        assert_eq!(first.unwrap(), all);
        assert_eq!(second.unwrap(), [thread("three"), thread("two"), thread("one")]);
        assert_eq!(threads.clone().first(db).await.unwrap(), Some(thread("one")));
        assert_eq!(threads.clone().last(db).await.unwrap(), Some(thread("three")));
        assert_eq!(threads.clone().pk(2).get(db).await.unwrap(), thread("two"));
        assert_eq!(threads.none().all(db).await.unwrap(), []);
    });
}

#[test]
fn pages_and_streams_have_lists() {
    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        let threads = Post::objects().order_by(|p| p.id).project::<Thread>();
        let page = threads.clone().page(db, 2, 2).await.unwrap();
        assert_eq!(page.items, [thread("three")]);
        let options = CursorOptions::new(2);
        let page = threads.clone().cursor_page(db, options).await.unwrap();
        assert_eq!(page.items, [thread("one"), thread("two")]);
        let next = threads.clone().cursor_page(db, options.after(page.next.as_deref())).await.unwrap();
        assert_eq!(next.items, [thread("three")]);
        // Backwards the rows are read the other way round, and one too many.
        let one = CursorOptions::new(1);
        let before = one.before(next.previous.as_deref());
        assert_eq!(threads.clone().cursor_page(db, before).await.unwrap().items, [thread("two")]);
        let before = options.before(next.previous.as_deref());
        assert_eq!(
            threads.clone().cursor_page(db, before).await.unwrap().items,
            [thread("one"), thread("two")]
        );
        let mut rows = threads.stream(db);
        for expected in ["one", "two", "three"] {
            assert_eq!(rows.try_next().await.unwrap(), Some(thread(expected)));
        }
        assert_eq!(rows.try_next().await.unwrap(), None);
    });
}

#[test]
fn each_chunk_of_a_stream_has_its_own_lists() {
    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        for at in 0..600 {
            let person = Person::objects().create(db, |p| p.name(format!("p{at}"))).await.unwrap();
            if at % 7 == 0 {
                Post::objects().create(db, |p| p.author(&person).title("x").views(at)).await.unwrap();
            }
        }
        let expected: Vec<usize> = (0..600).map(|at| usize::from(at % 7 == 0)).collect();
        let written =
            Person::objects().filter(|p| p.name.startswith("p")).order_by(|p| p.id).project::<Written>();
        let mut rows = written.stream(db);
        let mut found = Vec::new();
        while let Some(row) = rows.try_next().await.unwrap() {
            found.push(row.posts.len());
        }
        assert_eq!(found, expected);
    });
}

#[test]
fn a_list_can_be_at_the_end_of_a_path() {
    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        let all = Post::objects().order_by(|p| p.id).project::<Beside>().all(db).await.unwrap();
        let ids = |ids: &[i64]| ids.iter().map(|id| Only { id: *id }).collect::<Vec<_>>();
        let beside =
            |id, written: &[i64], others: &[i64]| Beside { id, written: ids(written), others: ids(others) };
        assert_eq!(all, [beside(1, &[1, 3], &[2]), beside(2, &[2], &[]), beside(3, &[1, 3], &[1, 3])]);
        let written = Person::objects().order_by(|p| p.id).project::<Written>().all(db).await.unwrap();
        let written: Vec<usize> = written.iter().map(|row| row.posts.len()).collect();
        assert_eq!(written, [2, 1, 0]);
    });
}

#[test]
fn combined_rows_have_lists() {
    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        let cards = Post::objects().project::<PostCard>();
        let of = |id| cards.clone().pk(id);
        let mut all = of(3).union_all(of(1)).all(db).await.unwrap();
        all.sort_by_key(|card| card.id);
        let tags: Vec<Vec<TagName>> = all.into_iter().map(|card| card.tags).collect();
        assert_eq!(tags, [vec![tag("rust"), tag("sql")], vec![tag("sql")]]);
    });
}

#[test]
fn projections_are_what_other_rows_are_loaded_with() {
    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        let people = Person::objects()
            .order_by(|p| p.id)
            .prefetch_related(|p| p.posts.order_by(|p| p.id.desc()).project::<Thread>())
            .all(db)
            .await
            .unwrap();
        assert_eq!(people[0].posts(), &vec![thread("three"), thread("one")]);
        assert_eq!(people[1].posts(), &vec![thread("two")]);
        assert_eq!(people[2].posts(), &vec![]);
        // Rows that belong to several others, with lists of their own.
        let comments = Comment::objects()
            .order_by(|c| c.id)
            .select_related(|c| c.writer.prefetch_related(|w| w.posts.project::<Title>()))
            .all(db)
            .await
            .unwrap();
        let titles: Vec<Option<&Vec<Title>>> =
            comments.iter().map(|comment| comment.writer().as_ref().map(PersonWith::posts)).collect();
        let (two, none) = (vec![title("two")], vec![]);
        assert_eq!(titles, [Some(&two), None, Some(&none), Some(&two), Some(&two), None, Some(&none)]);
    });
}

#[test]
fn related_rows_beside_aggregates_are_the_groups() {
    #[derive(Projection, Debug, PartialEq)]
    #[projection(Post)]
    struct Sales {
        author: AuthorCard,
        #[projection(path = author.company)]
        company: Option<CompanyCard>,
        #[projection(expr = |p| p.views.sum())]
        views: Option<i64>,
    }

    run(models![Company, Person, Profile, Post, Tag, Comment], async |db| {
        fill(db).await;
        let sales = Post::objects().project::<Sales>().order_by(|p| p.author.name).all(db).await.unwrap();
        let row = |author: &str, views| Sales {
            author: AuthorCard { name: author.into() },
            company: writer(author).company,
            views: Some(views),
        };
        assert_eq!(sales, [row("ann", 40), row("bea", 20)]);
    });
}

#[test]
fn groups_and_distinct_rows_have_no_lists() {
    #[derive(Projection, Debug)]
    #[projection(Person)]
    #[allow(dead_code, reason = "never made")]
    struct Counted {
        #[projection(expr = |p| p.id.count())]
        people: i64,
        posts: Vec<Only>,
    }

    let refused = |text: orm::Result<String>| {
        let error = text.unwrap_err().to_string();
        assert!(error.contains("a projection with lists is one of rows"), "{error}");
    };
    refused(Person::objects().project::<Counted>().sql(Dialect::Sqlite));
    refused(Person::objects().project::<Written>().distinct().sql(Dialect::Sqlite));
    refused(Person::objects().distinct().project::<Written>().sql(Dialect::Sqlite));
    refused(Person::objects().project::<Written>().having(|p| p.id.count().gt(1)).sql(Dialect::Sqlite));
}

#[test]
fn what_has_no_end_is_refused() {
    #[derive(Projection, Debug)]
    #[projection(Person)]
    #[allow(dead_code, reason = "never made")]
    struct Tree {
        name: String,
        reports: Vec<Branch>,
        #[projection(path = reports)]
        again: Vec<Branch>,
    }

    #[derive(Projection, Debug)]
    #[projection(Person)]
    #[allow(dead_code, reason = "never made")]
    struct Branch {
        #[projection(expr = |p| p.reports.project::<Tree>())]
        reports: Vec<Tree>,
    }

    let error = Person::objects().project::<Tree>().sql(Dialect::Sqlite).unwrap_err().to_string();
    assert!(error.contains("or contains itself"), "{error}");
    // What was looked at then does not count later.
    assert!(Person::objects().project::<Written>().sql(Dialect::Sqlite).is_ok());
}

#[test]
fn a_mistake_in_a_list_is_said_before_anything_is_sent() {
    #[derive(Projection, Debug)]
    #[projection(Person)]
    #[allow(dead_code, reason = "never made")]
    struct Mistaken {
        #[projection(expr = |p| p.posts.limit(3).filter(|p| p.views.gt(1)))]
        posts: Vec<Only>,
    }

    let error = Person::objects().project::<Mistaken>().sql(Dialect::Sqlite).unwrap_err().to_string();
    assert!(error.contains("cannot be filtered once it is sliced"), "{error}");
}
