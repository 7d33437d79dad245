//! `prefetch_related`: rows come with many others, one statement for each relation.

use futures_util::TryStreamExt;
use orm::prelude::*;

use super::blog::*;
use crate::support::{in_statements, statements};

orm::relation_name!(Popular = "popular");
orm::relation_name!(Unpopular = "unpopular");

#[test]
fn the_other_side_of_foreign_keys() {
    with_blog(async |db| {
        let query = User::objects().prefetch_related(|u| u.posts.order_by(|p| p.id)).order_by(|u| u.id);
        let users = in_statements(2, query.all(db)).await.unwrap();
        let titles: Vec<_> = users.iter().map(|user| names!(user.posts(), title).concat()).collect();
        assert_eq!(titles, ["abc", "d", "e", "", ""]);
        // The rows are whole.
        for user in &users {
            for post in user.posts() {
                assert_eq!(post, &Post::objects().pk(post.id).get(db).await.unwrap());
            }
        }
        // Several at once; each finds its own.
        let query = User::objects()
            .prefetch_related(|u| {
                (
                    u.posts.order_by(|p| p.id),
                    u.edited.order_by(|p| p.id),
                    u.reports.order_by(|r| r.id),
                    u.comments,
                )
            })
            .order_by(|u| u.id);
        let users = in_statements(5, query.all(db)).await.unwrap();
        let found: Vec<_> = users
            .iter()
            .map(|u| {
                (
                    names!(u.posts(), title).concat(),
                    names!(u.edited(), title).concat(),
                    names!(u.reports(), name).concat(),
                    names!(u.comments(), id),
                )
            })
            .collect();
        let row = |posts: &str, edited: &str, reports: &str, comments: &[i64]| {
            (posts.to_owned(), edited.to_owned(), reports.to_owned(), comments.to_vec())
        };
        // Comments are in their model's order: the last one first.
        assert_eq!(
            found,
            [
                row("abc", "d", "bobcyd", &[3]),
                row("d", "a", "dan", &[5, 4, 1]),
                row("e", "c", "", &[]),
                row("", "e", "", &[]),
                row("", "", "", &[6]),
            ]
        );
    });
}

#[test]
fn many_to_many_from_both_sides() {
    with_blog(async |db| {
        let query = Post::objects().prefetch_related(|p| p.tags.order_by(|t| t.id)).order_by(|p| p.id);
        let posts = in_statements(2, query.all(db)).await.unwrap();
        let tags: Vec<_> = posts.iter().map(|post| names!(post.tags(), id)).collect();
        assert_eq!(tags, [vec![1, 2], vec![1], vec![], vec![2, 3], vec![1, 2, 3]]);

        let query = Tag::objects().prefetch_related(|t| t.posts.order_by(|p| p.id.desc())).order_by(|t| t.id);
        let tags = in_statements(2, query.all(db)).await.unwrap();
        let posts: Vec<_> = tags.iter().map(|tag| names!(tag.posts(), title).concat()).collect();
        assert_eq!(posts, ["eba", "eda", "ed", ""]);
    });
}

#[test]
fn many_to_many_of_a_model_with_itself() {
    with_blog(async |db| {
        let query = User::objects()
            .prefetch_related(|u| {
                (u.follows.order_by(|o| o.id), u.followers.order_by(|o| o.id), u.friends.order_by(|o| o.id))
            })
            .order_by(|u| u.id);
        let users = in_statements(4, query.all(db)).await.unwrap();
        let follows: Vec<_> = users.iter().map(|user| names!(user.follows(), id)).collect();
        assert_eq!(follows, [vec![BOB, CYD], vec![ANN], vec![CYD], vec![], vec![]]);
        let followers: Vec<_> = users.iter().map(|user| names!(user.followers(), id)).collect();
        assert_eq!(followers, [vec![BOB], vec![ANN], vec![ANN, CYD], vec![], vec![]]);
        let friends: Vec<_> = users.iter().map(|user| names!(user.friends(), id)).collect();
        assert_eq!(friends, [vec![BOB], vec![ANN], vec![], vec![], vec![]]);
    });
}

#[test]
fn relations_to_one_row() {
    with_blog(async |db| {
        // A further query does not promise a row, so that each is an `Option`.
        let query = Post::objects().prefetch_related(|p| (p.author, p.editor)).order_by(|p| p.id);
        let (posts, texts) = statements(query.all(db)).await;
        assert_eq!(texts.len(), 3, "{texts:#?}");
        let posts = posts.unwrap();
        let authors: Vec<_> = posts.iter().map(|p| p.author().as_ref().map(|author| author.id)).collect();
        assert_eq!(authors, [Some(ANN), Some(ANN), Some(ANN), Some(BOB), Some(CYD)]);
        let editors: Vec<_> = posts.iter().map(|p| p.editor().as_ref().map(|editor| editor.id)).collect();
        assert_eq!(editors, [Some(BOB), None, Some(CYD), Some(ANN), Some(DAN)]);

        let query = User::objects().prefetch_related(|u| (u.profile, u.manager)).order_by(|u| u.id);
        let users = in_statements(3, query.all(db)).await.unwrap();
        let bios: Vec<_> = users.iter().map(|u| u.profile().as_ref().map(|p| p.bio.as_str())).collect();
        assert_eq!(bios, [Some("first"), None, Some("third"), None, None]);
        let managers: Vec<_> = users.iter().map(|u| u.manager().as_ref().map(|m| m.name.as_str())).collect();
        assert_eq!(managers, [None, Some("ann"), Some("ann"), Some("bob"), None]);
    });
}

#[test]
fn without_rows_there_are_no_queries() {
    with_blog(async |db| {
        let query =
            || User::objects().prefetch_related(|u| (u.posts.prefetch_related(|p| p.tags), u.friends));
        assert!(in_statements(1, query().filter(|u| u.name.eq("zoe")).all(db)).await.unwrap().is_empty());
        assert!(in_statements(0, query().none().all(db)).await.unwrap().is_empty());
        // Nobody's posts have no tags to ask for.
        let eve = in_statements(3, query().pk(EVE).get(db)).await.unwrap();
        assert!(eve.posts().is_empty() && eve.friends().is_empty());
        // NULL is nobody's key: nothing is asked.
        let users = User::objects()
            .filter(|u| u.company.is_null())
            .prefetch_related(|u| u.company)
            .order_by(|u| u.id);
        let users = in_statements(1, users.all(db)).await.unwrap();
        assert_eq!(names!(users, id), [DAN, EVE]);
        assert!(users.iter().all(|user| user.company().is_none()));
    });
}

#[test]
fn nested() {
    with_blog(async |db| {
        let query = Company::objects()
            .prefetch_related(|c| {
                c.staff.order_by(|u| u.id).prefetch_related(|u| {
                    (
                        u.posts.order_by(|p| p.id).prefetch_related(|p| {
                            (p.tags.order_by(|t| t.id), p.comments.select_related(|c| c.author))
                        }),
                        u.friends,
                    )
                })
            })
            .order_by(|c| c.id);
        let companies = in_statements(6, query.all(db)).await.unwrap();
        let mut lines = Vec::new();
        for company in &companies {
            for user in company.staff() {
                for post in user.posts() {
                    let by: Vec<_> = post
                        .comments()
                        .iter()
                        .map(|c| c.author().as_ref().map_or("nobody", |author| author.name.as_str()))
                        .collect();
                    lines.push(format!(
                        "{} {} {} {} {}",
                        company.name,
                        user.name,
                        post.title,
                        names!(post.tags(), name).join("+"),
                        by.join("+")
                    ));
                }
            }
        }
        assert_eq!(
            lines,
            [
                "Acme ann a red+blue nobody+bob",
                "Acme ann b red ",
                "Acme ann c  bob+bob+ann",
                "Acme bob d blue+green ",
                "Bits cyd e red+blue+green eve",
            ]
        );
        assert_eq!(names!(companies[0].staff()[0].friends(), name), ["bob"]);
        assert!(companies[2].staff().is_empty());
    });
}

#[test]
fn within_a_joined_row() {
    with_blog(async |db| {
        // Three posts have one author: she is asked for once and given to each.
        let query = Post::objects()
            .select_related(|p| {
                (
                    p.author.prefetch_related(|a| a.posts.order_by(|p| p.id)).select_related(|a| a.company),
                    p.editor.prefetch_related(|e| (e.posts.order_by(|p| p.id), e.friends)),
                )
            })
            .order_by(|p| p.id);
        let posts = in_statements(4, query.all(db)).await.unwrap();
        let found: Vec<_> = posts
            .iter()
            .map(|p| {
                (
                    names!(p.author().posts(), title).concat(),
                    p.author().company().as_ref().map(|company| company.id),
                    p.editor().as_ref().map(|editor| {
                        (names!(editor.posts(), title).concat(), names!(editor.friends(), name).concat())
                    }),
                )
            })
            .collect();
        let row = |posts: &str, company, editor: Option<(&str, &str)>| {
            (posts.to_owned(), company, editor.map(|(posts, friends)| (posts.to_owned(), friends.to_owned())))
        };
        assert_eq!(
            found,
            [
                row("abc", Some(1), Some(("d", "ann"))),
                row("abc", Some(1), None),
                row("abc", Some(1), Some(("e", ""))),
                row("d", Some(1), Some(("abc", "bob"))),
                row("e", Some(2), Some(("", ""))),
            ]
        );
        // The other side of a one-to-one that is not there for all.
        let users = User::objects()
            .select_related(|u| u.profile.select_related(|p| p.home.prefetch_related(|c| c.companies)))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let home = users[0].profile().as_ref().unwrap().home().as_ref().unwrap();
        assert_eq!(names!(home.companies(), name), ["Crumbs"]);
        assert!(users[2].profile().as_ref().unwrap().home().is_none());
        assert!(users[1].profile().is_none());
    });
}

#[test]
fn under_names_of_their_own() {
    with_blog(async |db| {
        let query = User::objects()
            .prefetch_related(|u| {
                (
                    u.posts.filter(|p| p.views.ge(30)).order_by(|p| p.id).named(Popular),
                    u.posts.filter(|p| p.views.lt(30)).order_by(|p| p.id).named(Unpopular),
                    u.posts.order_by(|p| p.id.desc()),
                )
            })
            .order_by(|u| u.id);
        let users = in_statements(4, query.all(db)).await.unwrap();
        let found: Vec<_> = users[..3]
            .iter()
            .map(|user| {
                [
                    names!(user.loaded(Popular), title).concat(),
                    names!(user.loaded(Unpopular), title).concat(),
                    names!(user.posts(), title).concat(),
                ]
            })
            .collect();
        assert_eq!(found, [["c", "ab", "cba"], ["d", "", "d"], ["e", "", "e"]]);
        let shown = format!("{:?}", users[0]);
        assert!(shown.contains("popular") && shown.contains("unpopular"), "{shown}");
    });
}

#[test]
fn children_as_something_else() {
    with_blog(async |db| {
        let query = User::objects()
            .prefetch_related(|u| {
                (
                    u.posts.annotate(|p| (p.comments.count(), p.author.name)).order_by(|p| p.id),
                    u.edited.values(|p| (p.title, p.author.name)).order_by(|p| p.id),
                    u.reports.order_by(|r| r.id).values(|r| r.name),
                )
            })
            .order_by(|u| u.id);
        let users = in_statements(4, query.all(db)).await.unwrap();
        let posts: Vec<_> = users[0]
            .posts()
            .iter()
            .map(|(post, count, name)| (post.title.as_str(), *count, name.as_str()))
            .collect();
        assert_eq!(posts, [("a", 2, "ann"), ("b", 0, "ann"), ("c", 3, "ann")]);
        let edited: &Vec<(String, String)> = users[1].edited();
        assert_eq!(edited, &[("a".to_owned(), "ann".to_owned())]);
        let reports: &Vec<String> = users[0].reports();
        assert_eq!(reports, &["bob", "cyd"]);
        assert!(users[4].reports().is_empty());

        let posts = Post::objects()
            .prefetch_related(|p| p.tags.values(|t| t.name.upper()).order_by(|t| t.name))
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(posts[4].tags(), &["BLUE", "GREEN", "RED"]);
    });
}

#[derive(Projection, Debug, Clone, PartialEq)]
#[projection(Post)]
struct Card {
    title: String,
    views: i64,
}

#[test]
fn children_as_structs() {
    with_blog(async |db| {
        let users = User::objects()
            .prefetch_related(|u| u.posts.project::<Card>().order_by(|p| p.views.desc()))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let card = |title: &str, views| Card { title: title.into(), views };
        assert_eq!(users[0].posts(), &[card("c", 30), card("b", 20), card("a", 10)]);
        assert_eq!(users[3].posts(), &Vec::new());
        let tags = Tag::objects()
            .prefetch_related(|t| t.posts.project::<Card>().order_by(|p| p.views))
            .pk(3)
            .get(db)
            .await
            .unwrap();
        assert_eq!(tags.posts(), &[card("d", 40), card("e", 50)]);
    });
}

#[test]
fn values_beside_the_parents() {
    with_blog(async |db| {
        let rows = User::objects()
            .prefetch_related(|u| u.posts.order_by(|p| p.id))
            .annotate(|u| (u.posts.sum(|p| p.views), u.comments.count()))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let found: Vec<_> = rows
            .iter()
            .map(|(user, sum, count)| (names!(user.posts(), title).concat(), *sum, *count))
            .collect();
        let row = |titles: &str, sum, count| (titles.to_owned(), sum, count);
        assert_eq!(
            found,
            [
                row("abc", Some(60), 1),
                row("d", Some(40), 3),
                row("e", Some(50), 0),
                row("", None, 0),
                row("", None, 1)
            ]
        );
    });
}

#[test]
fn single_rows_and_pages() {
    with_blog(async |db| {
        let query = || {
            User::objects()
                .prefetch_related(|u| u.posts.order_by(|p| p.id))
                .select_related(|u| u.company)
                .order_by(|u| u.id)
        };
        assert_eq!(names!(in_statements(2, query().pk(BOB).get(db)).await.unwrap().posts(), title), ["d"]);
        assert_eq!(query().first(db).await.unwrap().unwrap().posts().len(), 3);
        assert!(query().last(db).await.unwrap().unwrap().posts().is_empty());
        assert_eq!(in_statements(1, query().count(db)).await.unwrap(), 5);
        assert!(in_statements(1, query().exists(db)).await.unwrap());
        let page = in_statements(3, query().page(db, 2, 2)).await.unwrap();
        assert_eq!(names!(page.items, name), ["cyd", "dan"]);
        assert_eq!(names!(page.items[0].posts(), title), ["e"]);
        let page = in_statements(2, query().cursor_page(db, CursorOptions::new(2))).await.unwrap();
        assert_eq!(names!(page.items[0].posts(), title), ["a", "b", "c"]);
        assert_eq!(page.items[0].company().as_ref().unwrap().name, "Acme");
        let distinct = query().distinct().all(db).await.unwrap();
        assert_eq!(names!(distinct[1].posts(), title), ["d"]);
    });
}

#[test]
fn streams_complete_their_rows() {
    with_blog(async |db| {
        let query = || {
            User::objects()
                .prefetch_related(|u| {
                    (u.posts.order_by(|p| p.id).prefetch_related(|p| p.tags.order_by(|t| t.id)), u.comments)
                })
                .order_by(|u| u.id)
        };
        let all = query().all(db).await.unwrap();
        let streamed: Vec<_> = in_statements(4, query().stream(db).try_collect()).await.unwrap();
        assert_eq!(streamed, all);
        assert_eq!(names!(streamed[2].posts()[0].tags(), id), [1, 2, 3]);
        let mut first = query().stream(db);
        let ann = first.try_next().await.unwrap().unwrap();
        assert_eq!(ann.posts().len(), 3);
    });
}
