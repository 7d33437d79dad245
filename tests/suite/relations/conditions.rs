//! Conditions on the rows at the end of relations to many: about some or all of them, so that no row is doubled.

use orm::prelude::*;

use super::blog::*;
use crate::support::Db;

/// The users for whom a condition is true, checking that `exclude` and `!` give all the others: a question about many rows
/// always has an answer.
macro_rules! users {
    ($db:expr; $(|$u:ident| $condition:expr => $ids:expr;)*) => {$(
        // Boxed: the state of so many statements in one function is large.
        Box::pin(takes(
            $db,
            stringify!($condition),
            [
                User::objects().filter(|$u| $condition),
                User::objects().exclude(|$u| $condition),
                User::objects().filter(|$u| !($condition)),
            ],
            &$ids,
        ))
        .await;
    )*};
}

async fn takes(db: &Db, text: &str, [yes, excluded, negated]: [QuerySet<User>; 3], expected: &[i64]) {
    let others: Vec<i64> = (ANN..=EVE).filter(|id| !expected.contains(id)).collect();
    for (what, query, expected) in
        [("filter", yes, expected), ("exclude", excluded, &others), ("filter !", negated, &others)]
    {
        let found = query.clone().order_by(|u| u.id).values(|u| u.id).all(db).await;
        assert_eq!(found.expect(text), expected, "{what} {text}");
        assert_eq!(query.count(db).await.expect(text), expected.len() as u64, "{what} {text}");
    }
}

#[test]
fn some_all_and_none() {
    with_blog(async |db| {
        users! { db;
            |u| u.posts.any(|p| p.views.gt(25)) => [ANN, BOB, CYD];
            |u| u.posts.any(|p| p.views.lt(25)) => [ANN];
            |u| u.posts.all(|p| p.views.gt(25)) => [BOB, CYD, DAN, EVE];
            |u| u.posts.none(|p| p.views.gt(25)) => [DAN, EVE];
            |u| u.posts.exists() => [ANN, BOB, CYD];
            |u| u.posts.is_empty() => [DAN, EVE];
            |u| u.posts.filter(|p| p.views.gt(25)).exclude(|p| p.title.eq("c")).exists() => [BOB, CYD];
            |u| u.posts.filter(|p| p.views.gt(25)).is_empty() => [DAN, EVE];
            |u| u.posts.exists() & u.posts.all(|p| p.views.gt(25)) => [BOB, CYD];
        }
    });
}

#[test]
fn conditions_that_are_neither_true_nor_false() {
    with_blog(async |db| {
        // The score of b and d is NULL.
        users! { db;
            |u| u.posts.any(|p| p.score.gt(0)) => [ANN, CYD];
            |u| u.posts.any(|p| !p.score.gt(0)) => [];
            |u| u.posts.all(|p| p.score.gt(0)) => [CYD, DAN, EVE];
            |u| u.posts.none(|p| p.score.gt(0)) => [BOB, DAN, EVE];
            |u| u.posts.any(|p| p.score.is_null()) => [ANN, BOB];
            |u| u.posts.all(|p| p.score.is_null()) => [BOB, DAN, EVE];
            |u| u.posts.exclude(|p| p.score.gt(5)).exists() => [ANN, BOB, CYD];
        }
    });
}

#[test]
fn many_to_many() {
    with_blog(async |db| {
        users! { db;
            |u| u.follows.any(|o| o.name.eq("cyd")) => [ANN, CYD];
            |u| u.follows.exists() => [ANN, BOB, CYD];
            |u| u.followers.any(|o| o.name.eq("cyd")) => [CYD];
            |u| u.followers.is_empty() => [DAN, EVE];
            |u| u.friends.any(|o| o.name.eq("ann")) => [BOB];
            |u| u.friends.all(|o| o.name.eq("ann")) => [BOB, CYD, DAN, EVE];
            |u| u.follows.any(|o| o.follows.any(|o| o.name.eq("ann"))) => [ANN];
            |u| u.follows.any(|o| o.followers.any(|o| o.follows.any(|o| o.id.eq(CYD)))) => [ANN, CYD];
        }
        let titles = async |query: QuerySet<Post>| -> String {
            query.order_by(|p| p.id).values(|p| p.title).all(db).await.unwrap().concat()
        };
        assert_eq!(titles(Post::objects().filter(|p| p.tags.any(|t| t.name.eq("red")))).await, "abe");
        // Two tags are not one tag with two names.
        let both =
            Post::objects().filter(|p| p.tags.any(|t| t.name.eq("red")) & p.tags.any(|t| t.name.eq("blue")));
        assert_eq!(titles(both).await, "ae");
        assert_eq!(titles(Post::objects().filter(|p| p.tags.all(|t| t.name.ne("red")))).await, "cd");
        assert_eq!(titles(Post::objects().filter(|p| p.tags.is_empty())).await, "c");
        let tags = Tag::objects().filter(|t| t.posts.any(|p| p.author.name.eq("bob"))).order_by(|t| t.id);
        assert_eq!(names!(tags.all(db).await.unwrap(), name), ["blue", "green"]);
        let unused = Tag::objects().filter(|t| t.posts.is_empty()).get(db).await.unwrap();
        assert_eq!(unused.name, "grey");
    });
}

#[test]
fn nested_in_each_other() {
    with_blog(async |db| {
        users! { db;
            |u| u.posts.any(|p| p.tags.any(|t| t.name.eq("green"))) => [BOB, CYD];
            |u| u.posts.any(|p| p.tags.is_empty()) => [ANN];
            |u| u.posts.all(|p| p.tags.any(|t| t.name.eq("blue"))) => [BOB, CYD, DAN, EVE];
            |u| u.posts.any(|p| p.tags.all(|t| t.posts.any(|p| p.author.name.eq("cyd")))) => [ANN, BOB, CYD];
            |u| u.posts.any(|p| p.comments.any(|c| c.author.posts.any(|p| p.title.eq("d")))) => [ANN];
            |u| u.posts.any(|p| p.comments.count().gt(2)) => [ANN];
            |u| u.posts.any(|p| p.comments.none(|c| c.author.is_null()) & p.comments.exists()) => [ANN, CYD];
            |u| u.posts.filter(|p| p.comments.exists()).all_are_tagged() => [CYD, DAN, EVE, BOB].sorted();
        }
    });
}

/// A question of the test's own.
trait Tagged {
    fn all_are_tagged(self) -> Predicate<User>;
}

impl<P, R> Tagged for orm::queryset::Related<P, R>
where
    P: orm::model::Path<Root = User>,
    R: orm::model::ToMany<From = P::Target> + orm::model::Relation<To = Post>,
{
    fn all_are_tagged(self) -> Predicate<User> {
        self.exclude(|p| p.tags.exists()).is_empty()
    }
}

trait Sorted {
    fn sorted(self) -> Self;
}

impl<const N: usize> Sorted for [i64; N] {
    fn sorted(mut self) -> Self {
        self.sort_unstable();
        self
    }
}

#[test]
fn combined() {
    with_blog(async |db| {
        users! { db;
            |u| u.posts.any(|p| p.views.gt(45)) | u.reports.exists() => [ANN, BOB, CYD];
            |u| u.posts.exists() & !u.comments.exists() => [CYD];
            |u| u.posts.exists() ^ u.comments.exists() => [CYD, EVE];
            |u| !(u.posts.exists() | u.name.eq("eve")) => [DAN];
            |u| u.company.is_null() | u.posts.any(|p| p.title.eq("d")) => [BOB, DAN, EVE];
        }
    });
}

#[test]
fn across_relations_to_one() {
    with_blog(async |db| {
        users! { db;
            |u| u.manager.posts.any(|p| p.views.lt(15)) => [BOB, CYD];
            |u| u.manager.posts.is_empty() => [ANN, EVE];
            |u| u.manager.manager.posts.exists() => [DAN];
            |u| u.manager.friends.any(|f| f.name.eq("ann")) => [DAN];
            |u| u.company.staff.count().gt(1) => [ANN, BOB];
            |u| u.company.country.companies.any(|c| c.name.eq("Acme")) => [ANN, BOB];
            |u| u.profile.home.companies.exists() => [ANN];
        }
        let comments = Comment::objects()
            .filter(|c| c.post.author.posts.any(|p| p.tags.any(|t| t.name.eq("green"))))
            .order_by(|c| c.id);
        assert_eq!(names!(comments.all(db).await.unwrap(), id), [6]);
        let comments = Comment::objects()
            .filter(|c| c.post.tags.count().ge(2) & c.author.posts.is_empty())
            .order_by(|c| c.id);
        // The second one is nobody's, and nobody has no posts.
        assert_eq!(names!(comments.all(db).await.unwrap(), id), [2, 6]);
    });
}

#[test]
fn membership() {
    with_blog(async |db| {
        let posts = Post::objects().order_by(|p| p.id).all(db).await.unwrap();
        let all = User::objects().order_by(|u| u.id).all(db).await.unwrap();
        let (a, b, d) = (&posts[0], &posts[1], &posts[3]);
        let (ann, cyd) = (&all[0], &all[2]);
        users! { db;
            |u| u.posts.contains(b) => [ANN];
            |u| u.posts.filter(|p| p.views.gt(25)).contains(b) => [];
            |u| u.posts.contains_any([a, d]) => [ANN, BOB];
            |u| u.posts.contains_any([]) => [];
            |u| u.posts.filter(|p| p.views.gt(15)).contains_any(&posts) => [ANN, BOB, CYD];
            |u| u.follows.contains(cyd) => [ANN, CYD];
            |u| u.followers.contains_any([ann, cyd]) => [BOB, CYD];
            |u| u.friends.contains(ann) => [BOB];
            |u| u.manager.posts.contains(a) => [BOB, CYD];
        }
        let tags = Tag::objects().order_by(|t| t.id).all(db).await.unwrap();
        let tagged = Post::objects().filter(|p| p.tags.contains_any(&tags[1..])).order_by(|p| p.id);
        assert_eq!(names!(tagged.all(db).await.unwrap(), title), ["a", "d", "e"]);
        let tagged = Post::objects().filter(|p| p.tags.contains(&tags[2])).order_by(|p| p.id);
        assert_eq!(names!(tagged.all(db).await.unwrap(), title), ["d", "e"]);
    });
}

#[test]
fn with_columns_of_the_row_around() {
    with_blog(async |db| {
        users! { db;
            |u| u.edited.any(|p| p.author.name.lt(u.name.outer())) => [BOB, CYD, DAN];
            |u| u.posts.any(|p| p.editor.company.eq(u.company.outer())) => [ANN, BOB];
            |u| u.follows.any(|o| o.id.eq(u.id.outer())) => [CYD];
            |u| u.posts.any(|p| p.comments.any(|c| c.author.name.eq(p.author.name.outer()))) => [ANN];
            |u| u.posts.filter(|p| p.views.gt(u.id.outer() * 20)).exists() => [ANN];
            |u| u.reports.all(|r| r.name.lt(u.name.outer())) => [CYD, DAN, EVE];
        }
    });
}

#[test]
fn related_objects() {
    with_blog(async |db| {
        let all = User::objects().order_by(|u| u.id).all(db).await.unwrap();
        users! { db;
            |u| u.posts.any(|p| p.editor.eq(&all[1])) => [ANN];
            |u| u.posts.any(|p| p.editor.is_in([&all[1], &all[0]])) => [ANN, BOB];
        }
        let posts = Post::objects().filter(|p| p.author.is_in(&all[1..])).order_by(|p| p.id);
        assert_eq!(names!(posts.all(db).await.unwrap(), title), ["d", "e"]);
    });
}

#[test]
fn in_orders() {
    with_blog(async |db| {
        let names =
            async |query: QuerySet<User>| -> Vec<String> { query.values(|u| u.name).all(db).await.unwrap() };
        let found = names(User::objects().order_by(|u| (u.posts.count().desc(), u.name.desc()))).await;
        assert_eq!(found, ["ann", "cyd", "bob", "eve", "dan"]);
        let found =
            names(User::objects().order_by(|u| (u.posts.max(|p| p.views).asc().nulls_first(), u.name))).await;
        assert_eq!(found, ["dan", "eve", "ann", "bob", "cyd"]);
        let found = names(
            User::objects().order_by(|u| (u.posts.exists().desc(), u.follows.is_empty(), u.name.desc())),
        )
        .await;
        assert_eq!(found, ["cyd", "bob", "ann", "eve", "dan"]);
    });
}

#[test]
fn as_values() {
    with_blog(async |db| {
        let rows: Vec<(String, bool, bool)> = User::objects()
            .values(|u| (u.name, u.posts.exists(), u.posts.all(|p| p.score.gt(4))))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let row = |name: &str, exists, all| (name.to_owned(), exists, all);
        assert_eq!(
            rows,
            [
                row("ann", true, false),
                row("bob", true, false),
                row("cyd", true, false),
                row("dan", false, true),
                row("eve", false, true)
            ]
        );
    });
}

#[test]
fn which_rows_are_changed_and_deleted() {
    with_blog(async |db| {
        let changed = Post::objects()
            .filter(|p| p.tags.any(|t| t.name.eq("green")) & p.author.comments.exists())
            .update(db, |p| p.title.set("D"))
            .await
            .unwrap();
        assert_eq!(changed, 1);
        let changed =
            User::objects().exclude(|u| u.posts.exists()).update(db, |u| u.name.set("idle")).await.unwrap();
        assert_eq!(changed, 2);
        let changed = User::objects()
            .filter(|u| u.reports.any(|r| r.name.eq("idle")))
            .update(db, |u| u.name.set("boss"))
            .await;
        assert_eq!(changed.unwrap(), 1);
        let names: Vec<String> = User::objects().order_by(|u| u.id).values(|u| u.name).all(db).await.unwrap();
        assert_eq!(names, ["ann", "boss", "cyd", "idle", "idle"]);

        let deleted = Comment::objects().filter(|c| c.post.tags.is_empty()).delete(db).await.unwrap();
        assert_eq!(deleted, 3);
        let deleted = PostTags::objects().filter(|t| t.post.comments.exists()).delete(db).await.unwrap();
        assert_eq!(deleted, 5);
        let deleted =
            Post::objects().filter(|p| p.comments.is_empty() & p.tags.is_empty()).delete(db).await.unwrap();
        assert_eq!(deleted, 1);
        let left: Vec<String> = Post::objects().order_by(|p| p.id).values(|p| p.title).all(db).await.unwrap();
        assert_eq!(left, ["a", "b", "D", "e"]);
    });
}
