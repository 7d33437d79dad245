//! `select_related` with whatever else a queryset can do.

use futures_util::TryStreamExt;
use orm::Error;
use orm::prelude::*;

use super::blog::*;
use crate::support::in_statements;

#[test]
fn it_does_not_matter_what_comes_first() {
    with_blog(async |db| {
        let before = Post::objects()
            .select_related(|p| p.author)
            .filter(|p| p.author.name.gt("ann"))
            .exclude(|p| p.views.lt(15))
            .order_by(|p| p.views.desc())
            .limit(2);
        let after = Post::objects()
            .filter(|p| p.author.name.gt("ann"))
            .exclude(|p| p.views.lt(15))
            .order_by(|p| p.views.desc())
            .limit(2)
            .select_related(|p| p.author);
        assert_eq!(before.clone().sql(db.dialect()).unwrap(), after.clone().sql(db.dialect()).unwrap());
        let (before, after) = (before.all(db).await.unwrap(), after.all(db).await.unwrap());
        let found: Vec<_> = before.iter().map(|post| (post.id, post.author().name.as_str())).collect();
        assert_eq!(found, [(5, "cyd"), (4, "bob")]);
        assert_eq!(after, before);
    });
}

#[test]
fn a_condition_shares_the_join() {
    let query = Post::objects()
        .select_related(|p| p.author.company)
        .filter(|p| p.author.company.name.eq("Acme"))
        .order_by(|p| p.author.name);
    for dialect in Dialect::ALL {
        assert_eq!(query.clone().sql(dialect).unwrap().matches(" JOIN ").count(), 2, "{}", dialect.name());
    }
}

#[test]
fn single_rows() {
    with_blog(async |db| {
        let query = || Post::objects().select_related(|p| (p.author, p.editor)).order_by(|p| p.id);
        assert_eq!(in_statements(1, query().pk(4).get(db)).await.unwrap().author().name, "bob");
        assert_eq!(in_statements(1, query().first(db)).await.unwrap().unwrap().author().name, "ann");
        assert_eq!(in_statements(1, query().last(db)).await.unwrap().unwrap().author().name, "cyd");
        assert_eq!(query().earliest(db, |p| p.author.name).await.unwrap().author().name, "ann");
        assert_eq!(query().latest(db, |p| p.author.name).await.unwrap().author().name, "cyd");
        assert!(query().filter(|p| p.views.gt(99)).first(db).await.unwrap().is_none());
        assert!(matches!(query().pk(99).get(db).await, Err(Error::DoesNotExist { model: "Post" })));
        assert!(matches!(query().get(db).await, Err(Error::MultipleObjectsReturned { model: "Post" })));
        assert_eq!(query().count(db).await.unwrap(), 5);
        assert!(query().exists(db).await.unwrap());
        let post = Post::objects().pk(2).get(db).await.unwrap();
        assert!(query().contains(db, &post).await.unwrap());
        assert!(in_statements(0, query().none().all(db)).await.unwrap().is_empty());
    });
}

#[test]
fn rows_by_key() {
    with_blog(async |db| {
        let posts =
            in_statements(1, Post::objects().select_related(|p| p.author.profile).in_bulk(db, [1, 4, 99]))
                .await
                .unwrap();
        assert_eq!(posts.len(), 2);
        assert_eq!(posts[&1].author().profile().as_ref().unwrap().bio, "first");
        assert_eq!(posts[&4].author().name, "bob");
        let users = in_statements(
            2,
            User::objects().prefetch_related(|u| u.posts.order_by(|p| p.id)).in_bulk(db, [1, 4]),
        )
        .await
        .unwrap();
        assert_eq!(names!(users[&1].posts(), title), ["a", "b", "c"]);
        assert!(users[&4].posts().is_empty());
    });
}

#[test]
fn pages() {
    with_blog(async |db| {
        let query =
            || Post::objects().select_related(|p| p.author.company).order_by(|p| p.author.name.desc());
        let page = query().order_by(|p| (p.author.name.desc(), p.id)).page(db, 2, 2).await.unwrap();
        let found: Vec<_> = page
            .items
            .iter()
            .map(|post| {
                (post.id, post.author().name.as_str(), post.author().company().as_ref().map(|c| c.id))
            })
            .collect();
        assert_eq!(found, [(1, "ann", Some(1)), (2, "ann", Some(1))]);

        let mut after = None;
        let mut found = Vec::new();
        loop {
            let page = query().cursor_page(db, CursorOptions::new(2).after(after.as_deref())).await.unwrap();
            found.extend(page.items.iter().map(|post| (post.id, post.author().name.clone())));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let found: Vec<_> = found.iter().map(|(id, name)| (*id, name.as_str())).collect();
        assert_eq!(found, [(5, "cyd"), (4, "bob"), (1, "ann"), (2, "ann"), (3, "ann")]);
    });
}

#[test]
fn a_cursor_over_what_may_be_null() {
    with_blog(async |db| {
        let query = || User::objects().select_related(|u| u.manager).order_by(|u| u.manager.name);
        let mut after = None;
        let mut found = Vec::new();
        loop {
            let page = query().cursor_page(db, CursorOptions::new(2).after(after.as_deref())).await.unwrap();
            found.extend(
                page.items.iter().map(|user| (user.id, user.manager().as_ref().map(|m| m.name.clone()))),
            );
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let found: Vec<_> = found.iter().map(|(id, name)| (*id, name.as_deref())).collect();
        assert_eq!(
            found,
            [(BOB, Some("ann")), (CYD, Some("ann")), (DAN, Some("bob")), (ANN, None), (EVE, None)]
        );
    });
}

#[test]
fn streams() {
    with_blog(async |db| {
        let query = Comment::objects().select_related(|c| (c.post.author, c.author)).order_by(|c| c.id);
        let found: Vec<_> = in_statements(1, query.stream(db).try_collect::<Vec<_>>()).await.unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|c| (c.post().author().name.as_str(), c.author().as_ref().map(|a| a.name.as_str())))
            .collect();
        assert_eq!(
            found,
            [
                ("ann", Some("bob")),
                ("ann", None),
                ("ann", Some("ann")),
                ("ann", Some("bob")),
                ("ann", Some("bob")),
                ("cyd", Some("eve")),
            ]
        );
    });
}

#[test]
fn distinct_rows() {
    with_blog(async |db| {
        let posts = Post::objects()
            .select_related(|p| p.author)
            .filter(|p| p.tags.any(|t| t.name.ne("red")))
            .distinct()
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(names!(posts, title), ["a", "d", "e"]);
        assert_eq!(posts[2].author().name, "cyd");
        assert_eq!(Post::objects().select_related(|p| p.author).distinct().count(db).await.unwrap(), 5);
    });
}

#[test]
fn values_beside() {
    with_blog(async |db| {
        let query = Post::objects()
            .select_related(|p| (p.author, p.editor))
            .annotate(|p| (p.author.name.upper(), p.comments.count(), p.views + 1))
            .order_by(|p| p.id);
        let rows = in_statements(1, query.all(db)).await.unwrap();
        let found: Vec<_> = rows
            .iter()
            .map(|(post, upper, comments, views)| {
                (post.author().name.as_str(), post.editor().is_some(), upper.as_str(), *comments, *views)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("ann", true, "ANN", 2, 11),
                ("ann", false, "ANN", 0, 21),
                ("ann", true, "ANN", 3, 31),
                ("bob", true, "BOB", 0, 41),
                ("cyd", true, "CYD", 1, 51),
            ]
        );
        // Values instead of rows take the joins away with the rows.
        let query = Post::objects().select_related(|p| (p.author, p.editor)).order_by(|p| p.id);
        let titles = query.clone().values(|p| p.title);
        assert!(!titles.clone().sql(db.dialect()).unwrap().contains("JOIN"));
        assert_eq!(titles.all(db).await.unwrap(), ["a", "b", "c", "d", "e"]);
        let sum = query.aggregate(db, |p| p.views.sum()).await.unwrap();
        assert_eq!(sum, Some(150));
    });
}

#[test]
fn together_with_other_rows() {
    with_blog(async |db| {
        let query = |author: &'static str| {
            Post::objects().select_related(|p| (p.author, p.editor)).filter(|p| p.author.name.eq(author))
        };
        let union = query("cyd").union(query("bob")).order_by(|p| p.id);
        let posts = in_statements(1, union.all(db)).await.unwrap();
        let found: Vec<_> = posts
            .iter()
            .map(|post| {
                (post.id, post.author().name.as_str(), post.editor().as_ref().map(|e| e.name.as_str()))
            })
            .collect();
        assert_eq!(found, [(4, "bob", Some("ann")), (5, "cyd", Some("dan"))]);

        let tagged = |tag: &'static str| {
            Post::objects()
                .prefetch_related(|p| p.tags.order_by(|t| t.id))
                .filter(|p| p.tags.any(|t| t.name.eq(tag)))
        };
        let union = tagged("green").union(tagged("red")).order_by(|p| p.id);
        let posts = in_statements(2, union.all(db)).await.unwrap();
        let found: Vec<_> = posts.iter().map(|post| (post.id, names!(post.tags(), name).concat())).collect();
        assert_eq!(
            found,
            [
                (1, "redblue".to_owned()),
                (2, "red".to_owned()),
                (4, "bluegreen".to_owned()),
                (5, "redbluegreen".to_owned())
            ]
        );
    });
}

#[test]
fn changes_ignore_what_is_loaded() {
    with_blog(async |db| {
        let query = || Post::objects().select_related(|p| (p.author, p.editor));
        let changed =
            query().filter(|p| p.author.name.eq("ann")).update(db, |p| p.views.set(p.views + 1)).await;
        assert_eq!(changed.unwrap(), 3);
        Comment::objects().delete(db).await.unwrap();
        PostTags::objects().delete(db).await.unwrap();
        let deleted = query().filter(|p| p.editor.name.eq("bob")).delete(db).await;
        assert_eq!(deleted.unwrap(), 1);
        let left: Vec<i64> = Post::objects().order_by(|p| p.id).values(|p| p.views).all(db).await.unwrap();
        assert_eq!(left, [21, 31, 40, 50]);
    });
}

#[test]
fn another_shape_is_refused_with_a_reason() {
    // A row that is to be a value has no relations to load; the compiler says so (tests/ui). A slice is one of rows.
    let sliced = Post::objects().limit(2).select_related(|p| p.author).filter(|p| p.views.gt(1));
    assert!(matches!(sliced.sql(Dialect::Sqlite), Err(Error::InvalidQuery(_))));
}
