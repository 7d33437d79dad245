//! The chapter about relations.

use orm::Result;
pub use orm::prelude::*;
use orm::sqlite::Sqlite;
pub use serde::Serialize;

use crate::run::run;

#[derive(Model, Debug, Clone, PartialEq, Serialize)]
#[model(has_many(members = User::team))]
pub struct Team {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50)]
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize)]
#[model(has_many(posts = Post::author, edited = Post::editor), has_one(profile = Profile::user))]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 150, unique)]
    pub username: String,
    pub team: Option<ForeignKey<Team>>,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub user: OneToOne<User>,
    pub bio: String,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize)]
#[model(many_to_many(tags: Tag), has_many(comments = Comment::post))]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>,
    #[field(on_delete = set_null)]
    pub editor: Option<ForeignKey<User>>,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = 0)]
    pub views: i64,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize)]
#[model(has_many(posts = Post::tags))]
pub struct Tag {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize)]
pub struct Comment {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub post: ForeignKey<Post>,
    pub text: String,
    #[field(default = 0)]
    pub likes: i64,
}

/// Runs an example on an embedded database with two users, three posts, two tags and three comments.
///
/// # Errors
/// Those of the example.
pub fn blog(example: impl AsyncFnOnce(Database<Sqlite>) -> Result<()>) -> Result<()> {
    run(Box::pin(seeded()), example)
}

async fn seeded() -> Result<Database<Sqlite>> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![Team, User, Profile, Post, Tag, Comment]).await?;
    let team = Team::objects().create(&db, |t| t.name("Kitchen")).await?;
    let ann = User::objects().create(&db, |u| u.username("ann").team(&team)).await?;
    let bob = User::objects().create(&db, |u| u.username("bob")).await?;
    Profile::objects().create(&db, |p| p.user(&ann).bio("Drinks tea.")).await?;
    let hello =
        Post::objects().create(&db, |p| p.author(&ann).editor(&bob).title("Hello").views(120)).await?;
    let tea = Post::objects().create(&db, |p| p.author(&bob).title("100% tea").views(7)).await?;
    let spoons = Post::objects().create(&db, |p| p.author(&ann).title("Spoons").views(55)).await?;
    let news = Tag::objects().create(&db, |t| t.name("news")).await?;
    let tools = Tag::objects().create(&db, |t| t.name("tools")).await?;
    for (post, tag) in [(&hello, &news), (&spoons, &news), (&spoons, &tools)] {
        PostTags::objects().create(&db, |between| between.post(post).tag(tag)).await?;
    }
    for (post, text, likes) in [(&hello, "Welcome!", 3), (&hello, "Hi", 1), (&tea, "Green?", 0)] {
        Comment::objects().create(&db, |c| c.post(post).text(text).likes(likes)).await?;
    }
    Ok(db)
}
