//! The models and rows that these tests are about.

use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(companies = Company::country))]
pub struct Country {
    #[field(primary_key, max_length = 2)]
    pub code: String,
    #[field(max_length = 40)]
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(staff = User::company))]
pub struct Company {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(max_length = 40)]
    pub name: String,
    pub country: Option<ForeignKey<Country>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    has_many(
        posts = Post::author,
        edited = Post::editor,
        comments = Comment::author,
        reports = User::manager,
        followers = User::follows
    ),
    has_one(profile = Profile::user),
    many_to_many(follows: User, table = "follows", friends: User, symmetrical)
)]
pub struct User {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(max_length = 40)]
    pub name: String,
    pub company: Option<ForeignKey<Company>>,
    pub manager: Option<ForeignKey<User>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Profile {
    #[field(primary_key, identity = false)]
    pub id: i64,
    pub user: OneToOne<User>,
    #[field(max_length = 40)]
    pub bio: String,
    pub home: Option<ForeignKey<Country>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(tags: Tag), has_many(comments = Comment::post))]
pub struct Post {
    #[field(primary_key, identity = false)]
    pub id: i64,
    pub author: ForeignKey<User>,
    pub editor: Option<ForeignKey<User>>,
    #[field(max_length = 40)]
    pub title: String,
    pub views: i64,
    pub score: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [-id])]
pub struct Comment {
    #[field(primary_key, identity = false)]
    pub id: i64,
    pub post: ForeignKey<Post>,
    pub author: Option<ForeignKey<User>>,
    #[field(max_length = 40)]
    pub text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(posts = Post::tags))]
pub struct Tag {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(max_length = 40)]
    pub name: String,
}

pub const ANN: i64 = 1;
pub const BOB: i64 = 2;
pub const CYD: i64 = 3;
pub const DAN: i64 = 4;
pub const EVE: i64 = 5;

/// A test on this blog:
///
/// | user | company (country) | manager | profile (home) | follows | friends |
/// |---|---|---|---|---|---|
/// | 1 ann | Acme (Italy) | | "first" (Norway) | bob, cyd | bob |
/// | 2 bob | Acme (Italy) | ann | | ann | ann |
/// | 3 cyd | Bits (none) | ann | "third" (none) | cyd | |
/// | 4 dan | | bob | | | |
/// | 5 eve | | | | | |
///
/// | post | author | editor | views | score | tags | comments by |
/// |---|---|---|---|---|---|---|
/// | 1 a | ann | bob | 10 | 5 | red, blue | 1 bob, 2 nobody |
/// | 2 b | ann | | 20 | | red | |
/// | 3 c | ann | cyd | 30 | 7 | | 3 ann, 4 bob, 5 bob |
/// | 4 d | bob | ann | 40 | | blue, green | |
/// | 5 e | cyd | dan | 50 | 1 | red, blue, green | 6 eve |
///
/// Nobody uses the tag 4 grey, and the company 3 Crumbs (Norway) has no staff.
pub fn with_blog(test: impl AsyncFnOnce(&Db)) {
    run(models![Country, Company, User, Profile, Post, Comment, Tag], async |db| {
        fill(db).await.expect("the rows are created");
        test(db).await;
    });
}

pub async fn fill(db: &Db) -> orm::Result<()> {
    for (code, name) in [("it", "Italy"), ("no", "Norway")] {
        Country::objects().create(db, |c| c.code(code).name(name)).await?;
    }
    for (id, name, country) in [(1, "Acme", Some("it")), (2, "Bits", None), (3, "Crumbs", Some("no"))] {
        let country = country.map(ForeignKey::<Country>::new);
        Company::objects().create(db, |c| c.id(id).name(name).country(country)).await?;
    }
    for (id, name, company, manager) in [
        (ANN, "ann", Some(1), None),
        (BOB, "bob", Some(1), Some(ANN)),
        (CYD, "cyd", Some(2), Some(ANN)),
        (DAN, "dan", None, Some(BOB)),
        (EVE, "eve", None, None),
    ] {
        let (company, manager) =
            (company.map(ForeignKey::<Company>::new), manager.map(ForeignKey::<User>::new));
        User::objects().create(db, |u| u.id(id).name(name).company(company).manager(manager)).await?;
    }
    for (id, user, bio, home) in [(1, ANN, "first", Some("no")), (2, CYD, "third", None)] {
        let (user, home) = (ForeignKey::<User>::new(user), home.map(ForeignKey::<Country>::new));
        Profile::objects().create(db, |p| p.id(id).user(user).bio(bio).home(home)).await?;
    }
    for (from, to) in [(ANN, BOB), (ANN, CYD), (BOB, ANN), (CYD, CYD)] {
        let (from, to) = (ForeignKey::<User>::new(from), ForeignKey::<User>::new(to));
        UserFollows::objects().create(db, |f| f.from_user(from).to_user(to)).await?;
    }
    for (one, other) in [(ANN, BOB), (BOB, ANN)] {
        let (one, other) = (ForeignKey::<User>::new(one), ForeignKey::<User>::new(other));
        UserFriends::objects().create(db, |f| f.from_user(one).to_user(other)).await?;
    }
    for (id, name) in [(1, "red"), (2, "blue"), (3, "green"), (4, "grey")] {
        Tag::objects().create(db, |t| t.id(id).name(name)).await?;
    }
    for (id, author, editor, title, score, tags) in [
        (1, ANN, Some(BOB), "a", Some(5), [1, 2].as_slice()),
        (2, ANN, None, "b", None, &[1]),
        (3, ANN, Some(CYD), "c", Some(7), &[]),
        (4, BOB, Some(ANN), "d", None, &[2, 3]),
        (5, CYD, Some(DAN), "e", Some(1), &[1, 2, 3]),
    ] {
        let (author, editor) = (ForeignKey::<User>::new(author), editor.map(ForeignKey::<User>::new));
        let post = Post::objects()
            .create(db, |p| p.id(id).author(author).editor(editor).title(title).views(id * 10).score(score))
            .await?;
        for &tag in tags {
            let tag = ForeignKey::<Tag>::new(tag);
            PostTags::objects().create(db, |t| t.post(&post).tag(tag)).await?;
        }
    }
    let comments =
        [(1, Some(BOB)), (1, None), (3, Some(ANN)), (3, Some(BOB)), (3, Some(BOB)), (5, Some(EVE))];
    for (id, (post, author)) in (1..).zip(comments) {
        let (post, author) = (ForeignKey::<Post>::new(post), author.map(ForeignKey::<User>::new));
        let text = format!("comment {id}");
        Comment::objects().create(db, |c| c.id(id).post(post).author(author).text(text)).await?;
    }
    Ok(())
}

/// The names of rows, of whatever else they are made.
macro_rules! names {
    ($rows:expr, $field:ident) => {
        $rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
    };
}

pub(super) use names;
