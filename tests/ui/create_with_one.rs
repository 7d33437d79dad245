//! The one row that is created with another one.

use orm::prelude::*;

#[derive(Model)]
#[model(has_one(profile = Profile::user))]
struct User {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model)]
struct Profile {
    #[field(primary_key)]
    id: i64,
    user: OneToOne<User>,
    bio: String,
}

async fn a_field_is_missing<E: orm::backend::Executor>(db: &E) {
    let user = User::objects().create_with(db, |u| u.name("ann"));
    let _ = user.with_one(|u| u.profile, |profile| profile.draft());
}

async fn a_foreign_key<E: orm::backend::Executor>(db: &E, user: &User) {
    let profile = Profile::objects().create_with(db, |p| p.user(user).bio(""));
    let _ = profile.with_one(|p| p.user, |user| user.draft().name("ann"));
}

fn main() {}
