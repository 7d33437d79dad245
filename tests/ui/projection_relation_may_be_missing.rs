//! A relation that may have no row, in a field that is no `Option`.

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
    editor: UserCard,
    #[projection(path = author.company)]
    company: CompanyCard,
    #[projection(path = author.profile)]
    profile: ProfileCard,
}

#[derive(Projection)]
#[projection(Profile)]
struct ProfileCard {
    motto: String,
}

fn main() {}
