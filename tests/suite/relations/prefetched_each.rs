//! Prefetched rows that are filtered, ordered and limited for each row that they belong to.

use orm::Error;
use orm::prelude::*;

use super::blog::*;
use crate::support::{in_statements, statements};

#[test]
fn filtered() {
    with_blog(async |db| {
        let query = User::objects()
            .prefetch_related(|u| {
                u.posts
                    .filter(|p| p.views.gt(10))
                    .filter(|p| p.tags.any(|t| t.name.eq("red")) | p.editor.name.eq("cyd"))
                    .exclude(|p| p.title.eq("e"))
                    .order_by(|p| p.id)
            })
            .order_by(|u| u.id);
        let users = in_statements(2, query.all(db)).await.unwrap();
        let titles: Vec<_> = users.iter().map(|user| names!(user.posts(), title).concat()).collect();
        assert_eq!(titles, ["bc", "", "", "", ""]);
    });
}

#[test]
fn limited() {
    with_blog(async |db| {
        let titles = async |limit: u64, offset: u64| -> Vec<String> {
            let query = User::objects()
                .prefetch_related(|u| u.posts.order_by(|p| p.views.desc()).offset(offset).limit(limit))
                .order_by(|u| u.id);
            let users = in_statements(2, query.all(db)).await.unwrap();
            users.iter().map(|user| names!(user.posts(), title).concat()).collect()
        };
        assert_eq!(titles(1, 0).await, ["c", "d", "e", "", ""]);
        assert_eq!(titles(2, 0).await, ["cb", "d", "e", "", ""]);
        assert_eq!(titles(2, 1).await, ["ba", "", "", "", ""]);
        assert_eq!(titles(9, 2).await, ["a", "", "", "", ""]);
        assert_eq!(titles(u64::MAX, 1).await, ["ba", "", "", "", ""]);
        let users = User::objects()
            .prefetch_related(|u| u.posts.order_by(|p| p.id).offset(2))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(names!(users[0].posts(), title), ["c"]);
        assert!(users[1].posts().is_empty());
    });
}

#[test]
fn limited_to_nothing() {
    with_blog(async |db| {
        for users in [
            User::objects().prefetch_related(|u| u.posts.limit(0)).order_by(|u| u.id).all(db).await,
            User::objects()
                .prefetch_related(|u| u.posts.query(QuerySet::none))
                .order_by(|u| u.id)
                .all(db)
                .await,
        ] {
            let users = users.unwrap();
            assert_eq!(users.len(), 5);
            assert!(users.iter().all(|user| user.posts().is_empty()));
        }
        let query = User::objects().prefetch_related(|u| u.posts.query(QuerySet::none));
        in_statements(1, query.all(db)).await.unwrap();
    });
}

#[test]
fn limited_for_one_row_as_for_many() {
    with_blog(async |db| {
        let query =
            || User::objects().prefetch_related(|u| u.posts.order_by(|p| p.views.desc()).offset(1).limit(2));
        let (ann, texts) = statements(query().pk(ANN).get(db)).await;
        assert_eq!(names!(ann.unwrap().posts(), title), ["b", "a"]);
        // Of one row, a plain LIMIT does.
        assert!(texts[1].contains("LIMIT") && !texts[1].contains("ROW_NUMBER"), "{}", texts[1]);
        let (users, texts) = statements(query().order_by(|u| u.id).all(db)).await;
        assert_eq!(names!(users.unwrap()[0].posts(), title), ["b", "a"]);
        assert!(texts[1].contains("ROW_NUMBER() OVER (PARTITION BY "), "{}", texts[1]);
    });
}

#[test]
fn many_to_many() {
    with_blog(async |db| {
        let query = Post::objects()
            .prefetch_related(|p| p.tags.filter(|t| t.name.ne("red")).order_by(|t| t.name.desc()).limit(1))
            .order_by(|p| p.id);
        let posts = in_statements(2, query.all(db)).await.unwrap();
        let tags: Vec<_> = posts.iter().map(|post| names!(post.tags(), name).concat()).collect();
        assert_eq!(tags, ["blue", "", "", "green", "green"]);
        let tags = Tag::objects()
            .prefetch_related(|t| t.posts.order_by(|p| (p.author.name, p.id)).offset(1).limit(2))
            .order_by(|t| t.id)
            .all(db)
            .await
            .unwrap();
        let posts: Vec<_> = tags.iter().map(|tag| names!(tag.posts(), title).concat()).collect();
        assert_eq!(posts, ["be", "de", "e", ""]);
    });
}

#[test]
fn the_model_s_own_order_holds() {
    with_blog(async |db| {
        let posts =
            Post::objects().prefetch_related(|p| p.comments).order_by(|p| p.id).all(db).await.unwrap();
        assert_eq!(names!(posts[2].comments(), id), [5, 4, 3]);
        let posts = Post::objects()
            .prefetch_related(|p| p.comments.limit(2))
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(names!(posts[2].comments(), id), [5, 4]);
        assert_eq!(names!(posts[0].comments(), id), [2, 1]);
        let posts = Post::objects()
            .prefetch_related(|p| p.comments.order_by(|c| (c.author.name.asc().nulls_first(), c.id)).limit(2))
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(names!(posts[0].comments(), id), [2, 1]);
        assert_eq!(names!(posts[2].comments(), id), [3, 4]);
    });
}

#[test]
fn limited_with_more() {
    with_blog(async |db| {
        let query = User::objects()
            .prefetch_related(|u| {
                u.posts
                    .select_related(|p| (p.editor.select_related(|e| e.profile), p.author))
                    .order_by(|p| p.views.desc())
                    .limit(2)
                    .prefetch_related(|p| p.tags.order_by(|t| t.id).limit(1))
                    .annotate(|p| p.comments.count())
            })
            .order_by(|u| u.id);
        let users = in_statements(3, query.all(db)).await.unwrap();
        let found: Vec<_> = users
            .iter()
            .flat_map(UserWith::posts)
            .map(|(post, comments)| {
                let editor = post.editor().as_ref();
                (
                    post.title.as_str(),
                    post.author().name.as_str(),
                    editor.and_then(|editor| editor.profile().as_ref()).map(|profile| profile.bio.as_str()),
                    names!(post.tags(), name),
                    *comments,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("c", "ann", Some("third"), vec![], 3),
                ("b", "ann", None, vec!["red".to_owned()], 0),
                ("d", "bob", Some("first"), vec!["blue".to_owned()], 0),
                ("e", "cyd", None, vec!["red".to_owned()], 1),
            ]
        );
    });
}

#[test]
fn values_limited() {
    with_blog(async |db| {
        let users = User::objects()
            .prefetch_related(|u| {
                u.posts.values(|p| (p.title, p.editor.name)).order_by(|p| p.id.desc()).limit(2)
            })
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let posts: &Vec<(String, Option<String>)> = users[0].posts();
        assert_eq!(posts, &[("c".to_owned(), Some("cyd".to_owned())), ("b".to_owned(), None)]);
    });
}

#[test]
fn groups_of_children() {
    with_blog(async |db| {
        // How often each user commented on a post: groups within each post.
        let posts = Post::objects()
            .prefetch_related(|p| {
                p.comments.values(|c| (c.author.name, c.id.count())).order_by(|c| c.author.name)
            })
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        let counts: &Vec<(Option<String>, i64)> = posts[2].comments();
        assert_eq!(counts, &[(Some("ann".to_owned()), 1), (Some("bob".to_owned()), 2)]);
        assert!(posts[1].comments().is_empty());
    });
}

#[test]
fn distinct_children() {
    with_blog(async |db| {
        let posts = Post::objects()
            .prefetch_related(|p| {
                p.comments.query(|c| c.values(|c| c.author.name).distinct().order_by(|c| c.author.name))
            })
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        let names: &Vec<Option<String>> = posts[2].comments();
        assert_eq!(names, &[Some("ann".to_owned()), Some("bob".to_owned())]);
        let limited =
            Post::objects().prefetch_related(|p| p.comments.query(|c| c.distinct().limit(1))).all(db).await;
        match limited {
            Err(Error::InvalidQuery(reason)) => assert!(reason.contains("limited for each row"), "{reason}"),
            other => panic!("{other:?}"),
        }
    });
}
