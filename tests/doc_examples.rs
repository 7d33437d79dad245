//! What the README shows is true: its examples are excerpts of the program below, which runs; its messages are those of
//! the ui tests.

use std::fs;
use std::path::Path;

use orm::prelude::*;

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
pub enum Status {
    Draft,
    Published,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(posts = Post::author))] // the other side of a foreign key
pub struct User {
    #[field(primary_key)]
    pub id: i64, // an integer key counts by itself
    #[field(max_length = 150, unique)]
    pub username: String,
    pub email: Option<String>, // nullable = Option
}

#[derive(Model, Debug, Clone)]
#[model(ordering = [-created_at], index(author, -created_at))]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>, // stores the key, in column author_id
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = Status::Draft)]
    pub status: Status,
    #[field(default = 0)]
    pub views: i64,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Option<Decimal>,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
}

#[tokio::test]
#[allow(clippy::items_after_statements, reason = "the README explains one thing after another")]
#[allow(clippy::large_futures, reason = "the tour awaits as its readers do")]
async fn the_tour_runs() -> orm::Result<()> {
    let db = orm::sqlite::connect("sqlite::memory:").await?; // or "sqlite:blog.db"
    db.create_tables(models![User, Post]).await?;

    let ann = User::objects().create(&db, |u| u.username("ann").email("ann@example.org")).await?;
    let bob = User::objects().create(&db, |u| u.username("bob")).await?;
    let hello = Post::objects().create(&db, |p| p.author(&ann).title("Hello").views(120)).await?;
    let tea =
        Post::objects().create(&db, |p| p.author(&bob).title("100% tea").price(Decimal::new(499, 2))).await?;
    assert_eq!((hello.id, hello.status), (1, Status::Draft));

    let posts = Post::objects()
        .filter(|p| p.views.gt(100) | (p.title.icontains("TEA") & p.price.lt(Decimal::from(10))))
        .exclude(|p| p.author.eq(&bob))
        .all(&db)
        .await?;
    assert_eq!(posts.len(), 1);

    // A condition that is used in several places is a function.
    fn popular(p: PostFields) -> Predicate<Post> {
        p.views.ge(100)
    }
    assert_eq!(Post::objects().filter(popular).count(&db).await?, 1);

    let page = Post::objects().order_by(|p| (p.views.desc(), p.title)).slice(0..10).all(&db).await?;
    let cheapest = Post::objects().order_by(|p| p.price.asc().nulls_last()).first(&db).await?;
    assert_eq!((page[0].id, cheapest.map(|post| post.id)), (hello.id, Some(tea.id)));

    let by_ann = Post::objects().filter(|p| p.author.username.eq("ann")).order_by(|p| p.author.email);
    assert!(by_ann.clone().sql(Dialect::Postgres)?.contains(r#"INNER JOIN "user" AS "a1""#));
    let same = Post::objects().filter(|p| p.author.eq(&ann));
    assert!(!same.clone().sql(Dialect::Postgres)?.contains("JOIN"));
    assert_eq!(by_ann.count(&db).await?, same.count(&db).await?);

    let tea = Post::objects().pk(tea.id).get(&db).await?; // an error when there is none, or several
    let newest = Post::objects().latest(&db, |p| p.created_at).await?;
    let nobody = User::objects().filter(|u| u.username.eq("eve")).first(&db).await?; // an Option
    let users = User::objects().in_bulk(&db, [ann.id, bob.id]).await?; // a HashMap by key
    assert!(nobody.is_none() && users.len() == 2 && newest.id == tea.id);
    assert!(User::objects().filter(|u| u.email.is_null()).exists(&db).await?);

    let (posts, views) = Post::objects().aggregate(&db, |p| (count_rows(), p.views.sum())).await?;
    assert_eq!((posts, views), (2, Some(120)));

    let read: Vec<(String, Option<i64>)> = Post::objects()
        .values(|p| (p.author.username, p.views.sum()))
        .having(|p| p.views.sum().gt(0))
        .all(&db)
        .await?;
    assert_eq!(read, [("ann".to_owned(), Some(120))]);

    let with_drafts = User::objects().filter(|u| {
        exists(Post::objects().filter(|p| p.author.id.eq(u.id.outer()) & p.status.eq(Status::Draft)))
    });
    assert_eq!(with_drafts.count(&db).await?, 2);

    let mut views = 0;
    let mut rows = Post::objects().stream(&db);
    while let Some(post) = rows.try_next().await? {
        views += post.views;
    }
    assert_eq!(views, 120);

    let mut post = Post::objects().pk(hello.id).get(&db).await?;
    post.title = "Hello again".into();
    post.save(&db).await?; // or save_fields(&db, |p| (p.title,))

    let changed = Post::objects()
        .filter(|p| p.author.username.eq("ann"))
        .update(&db, |p| (p.views.set(p.views + 1), p.status.set(Status::Published)))
        .await?;
    post.refresh(&db).await?;
    assert_eq!((changed, post.views), (1, 121));

    bob.delete(&db).await?; // and, by `on_delete = cascade`, his post
    assert_eq!(Post::objects().count(&db).await?, 1);

    async fn drafts<E: orm::backend::Executor>(db: &E) -> orm::Result<u64> {
        Post::objects().filter(|p| p.status.eq(Status::Draft)).count(db).await
    }

    let url = "sqlite::memory:"; // or postgres://ann:secret@localhost/blog?pool_size=20, mysql://…
    let any: orm::AnyDatabase = orm::connect(url).await?;
    any.create_tables(models![User, Post]).await?;
    assert_eq!((drafts(&db).await?, drafts(&any).await?), (0, 0));

    let query = Post::objects().filter(|p| p.title.startswith("50%"));
    assert!(query.sql(Dialect::Postgres)?.contains(r#"WHERE "title" LIKE $1 ESCAPE '!'"#));

    let statements = orm::compile::create_tables(models![User, Post], Dialect::Postgres)?;
    assert!(statements[0].starts_with(r#"CREATE TABLE "user" ("#));

    let posts = Post::objects().select_related(|p| p.author).all(&db).await?; // a JOIN
    assert_eq!(posts[0].author().username, "ann");

    let users = User::objects().prefetch_related(|u| u.posts.order_by(|p| p.views)).all(&db).await?; // one more query
    assert_eq!(users[0].posts().len(), 1);

    assert_eq!(User::objects().filter(|u| u.posts.any(|p| p.views.gt(100))).count(&db).await?, 1);
    let busy: Vec<(User, i64)> = User::objects().annotate(|u| u.posts.count()).all(&db).await?;
    assert_eq!(busy[0].1, 1);

    let made = db
        .atomic(async |tx| {
            let users = ["eve", "joe"].map(|name| User::draft().username(name));
            let users = User::objects().bulk_create(tx, users).await?;
            let post = users[0].related(|u| u.posts).create(tx, |p| p.title("First")).await?;
            Ok::<_, orm::Error>((users.len(), post.id))
        })
        .await?;
    assert_eq!(made.0, 2);

    let twice = User::objects().create(&db, |u| u.username("ann")).await.unwrap_err();
    assert!(twice.is_unique_violation());
    assert_eq!(twice.to_string(), "unique violation on `user.username` (2067)");

    let missing = Post::objects().pk(99).get(&db).await.unwrap_err();
    assert_eq!(missing.to_string(), "no `Post` matches the query");

    let too_exact = Post::objects().update(&db, |p| p.price.set(Decimal::new(12345, 4))).await.unwrap_err();
    assert_eq!(
        too_exact.to_string(),
        "Post.price: decimal needs more digits than the column's 10 with 2 decimal places"
    );
    Ok(())
}

#[test]
fn the_readme_shows_parts_of_the_tour() {
    let tour = without_space(include_str!("doc_examples.rs"));
    let shown = blocks("README.md", "rust");
    assert!(!shown.is_empty());
    for block in shown {
        let found = tour.contains(&without_space(&block.text));
        assert!(
            found,
            "README.md, line {}: this is not in tests/doc_examples.rs:\n{}",
            block.line, block.text
        );
    }
}

#[test]
fn only_the_readme_has_code() {
    for guide in ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"] {
        for language in ["rust", ""] {
            let lines: Vec<usize> = blocks(guide, language).iter().map(|block| block.line).collect();
            assert!(lines.is_empty(), "{guide}: nobody compiles the code in lines {lines:?}");
        }
    }
}

#[test]
fn messages_are_the_compilers() {
    let shown = blocks("README.md", "text");
    assert!(!shown.is_empty());
    for block in shown {
        let source =
            file_named_before(&block).unwrap_or_else(|| panic!("line {}: of which file?", block.line));
        let message = read(source);
        let mut left = message.lines();
        for line in block.text.lines() {
            assert!(
                left.any(|real| real == line),
                "README.md, below line {}: {source} has no {line:?}",
                block.line
            );
        }
    }
}

/// The code, however it is formatted.
fn without_space(code: &str) -> String {
    code.split_whitespace().collect()
}

/// A fenced block.
struct Block {
    /// Where it opens.
    line: usize,
    /// The line of text before it.
    introduction: String,
    text: String,
}

fn blocks(file: &str, language: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut introduction = String::new();
    let mut inside: Option<bool> = None;
    for (at, line) in read(file).lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(opening), None) => {
                inside = Some(opening == language);
                if opening == language {
                    blocks.push(Block {
                        line: at + 1,
                        introduction: introduction.clone(),
                        text: String::new(),
                    });
                }
            }
            (Some(_), Some(_)) => inside = None,
            (None, Some(true)) => {
                if let Some(block) = blocks.last_mut() {
                    block.text += line;
                    block.text.push('\n');
                }
            }
            (None, None) if !line.is_empty() => line.clone_into(&mut introduction),
            (None, _) => {}
        }
    }
    blocks
}

fn file_named_before(block: &Block) -> Option<&str> {
    block.introduction.split('`').find(|span| span.ends_with(".stderr"))
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
