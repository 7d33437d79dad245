//! A relation that is loaded twice: its accessor could mean either.

use orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Company {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone)]
struct Author {
    #[field(primary_key)]
    id: i64,
    company: ForeignKey<Company>,
    employer: ForeignKey<Company>,
}

#[derive(Model, Debug, Clone)]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<Author>,
}

async fn twice(db: &orm::Database<orm::sqlite::Sqlite>) -> orm::Result<()> {
    let posts = Post::objects().select_related(|p| (p.author.company, p.author.employer)).all(db).await?;
    println!("{}", posts[0].author().id);
    Ok(())
}

fn main() {
    let _ = twice;
}
