//! Deleted rows are asked for where there are none.

use orm::prelude::*;

#[derive(Model)]
#[model(has_many(posts = Post::author))]
struct User {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<User>,
}

fn main() {
    let _ = Post::objects().with_deleted();
    let _ = User::objects().filter(|u| u.posts.only_deleted().exists());
}

async fn restored(db: &Database<orm::sqlite::Sqlite>, post: Post) -> orm::Result<bool> {
    post.restore(db).await
}
