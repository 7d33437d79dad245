//! A projection of another model than the one that the relation leads to.

use orm::prelude::*;

#[derive(Model)]
struct Company {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Model)]
#[model(has_many(posts = Post::author), has_one(profile = Profile::user))]
struct User {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 150)]
    username: String,
    company: Option<ForeignKey<Company>>,
}

#[derive(Model)]
struct Profile {
    #[field(primary_key)]
    id: i64,
    user: OneToOne<User>,
    #[field(max_length = 50)]
    motto: String,
}

#[derive(Model)]
#[model(many_to_many(tags: Tag))]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<User>,
    editor: Option<ForeignKey<User>>,
    #[field(max_length = 200)]
    title: String,
}

#[derive(Model)]
struct Tag {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Projection)]
#[projection(User)]
struct UserCard {
    username: String,
}

#[derive(Projection)]
#[projection(Company)]
struct CompanyCard {
    name: String,
}

#[derive(Projection)]
#[projection(Post)]
struct PostCard {
    author: CompanyCard,
    editor: Option<CompanyCard>,
    #[projection(path = author.company)]
    company: Option<String>,
    tags: Vec<UserCard>,
}

fn main() {}
