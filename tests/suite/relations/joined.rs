//! `select_related`: rows come with the rows that they point at, in one statement.

use orm::prelude::*;

use super::blog::*;
use crate::support::in_statements;

#[test]
fn one_relation() {
    with_blog(async |db| {
        let posts = in_statements(1, Post::objects().select_related(|p| p.author).order_by(|p| p.id).all(db))
            .await
            .unwrap();
        assert_eq!(names!(posts, title), ["a", "b", "c", "d", "e"]);
        let authors: Vec<&str> = posts.iter().map(|post| post.author().name.as_str()).collect();
        assert_eq!(authors, ["ann", "ann", "ann", "bob", "cyd"]);
        // The row is the row: the key is where it was, and the related row is whole.
        let plain = Post::objects().order_by(|p| p.id).all(db).await.unwrap();
        for (post, plain) in posts.iter().zip(&plain) {
            assert_eq!(&**post, plain);
            assert_eq!(post.author.key(), &post.author().id);
            assert_eq!(post.author(), &User::objects().pk(*post.author.key()).get(db).await.unwrap());
        }
    });
}

#[test]
fn several_relations() {
    with_blog(async |db| {
        let query = Comment::objects().select_related(|c| (c.post, c.author)).order_by(|c| c.id);
        let comments = in_statements(1, query.all(db)).await.unwrap();
        let found: Vec<_> = comments
            .iter()
            .map(|c| (c.id, c.post().title.as_str(), c.author().as_ref().map(|author| author.name.as_str())))
            .collect();
        assert_eq!(
            found,
            [
                (1, "a", Some("bob")),
                (2, "a", None),
                (3, "c", Some("ann")),
                (4, "c", Some("bob")),
                (5, "c", Some("bob")),
                (6, "e", Some("eve")),
            ]
        );
        // Asked for one after the other, they are the same.
        let apart = Comment::objects()
            .select_related(|c| c.post)
            .select_related(|c| c.author)
            .order_by(|c| c.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(apart, comments);
    });
}

#[test]
fn both_relations_to_one_model() {
    with_blog(async |db| {
        let posts = Post::objects()
            .select_related(|p| (p.author, p.editor))
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        let found: Vec<_> = posts
            .iter()
            .map(|p| (p.author().name.as_str(), p.editor().as_ref().map(|editor| editor.name.as_str())))
            .collect();
        assert_eq!(
            found,
            [
                ("ann", Some("bob")),
                ("ann", None),
                ("ann", Some("cyd")),
                ("bob", Some("ann")),
                ("cyd", Some("dan"))
            ]
        );
    });
}

#[test]
fn three_levels() {
    with_blog(async |db| {
        let query = Comment::objects()
            .select_related(|c| {
                (
                    c.post.select_related(|p| {
                        (
                            p.author.select_related(|a| a.company),
                            p.editor.select_related(|e| (e.company, e.profile)),
                        )
                    }),
                    c.author.select_related(|a| a.company.select_related(|c| c.country)),
                )
            })
            .order_by(|c| c.id);
        let comments = in_statements(1, query.all(db)).await.unwrap();
        let company = |company: &Option<Company>| company.as_ref().map(|company| company.name.clone());
        let found: Vec<_> = comments
            .iter()
            .map(|c| {
                let post = c.post();
                let editor = post.editor().as_ref();
                (
                    company(post.author().company()),
                    editor.and_then(|editor| company(editor.company())),
                    editor.and_then(|editor| editor.profile().as_ref()).map(|profile| profile.bio.as_str()),
                    c.author().as_ref().map(|author| {
                        author
                            .company()
                            .as_ref()
                            .map(|company| company.country().as_ref().map(|country| country.name.as_str()))
                    }),
                )
            })
            .collect();
        let (acme, bits) = (|| Some("Acme".to_owned()), || Some("Bits".to_owned()));
        assert_eq!(
            found,
            [
                (acme(), acme(), None, Some(Some(Some("Italy")))),
                (acme(), acme(), None, None),
                (acme(), bits(), Some("third"), Some(Some(Some("Italy")))),
                (acme(), bits(), Some("third"), Some(Some(Some("Italy")))),
                (acme(), bits(), Some("third"), Some(Some(Some("Italy")))),
                (bits(), None, None, Some(None)),
            ]
        );
    });
}

#[test]
fn a_nullable_relation_of_a_nullable_relation() {
    with_blog(async |db| {
        let users = User::objects()
            .select_related(|u| u.manager.select_related(|m| m.manager.select_related(|m| m.company.country)))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let bosses = |user: usize| {
            let manager = users[user].manager().as_ref()?;
            let above = manager.manager().as_ref();
            let country = above.and_then(|above| above.company().as_ref()).and_then(|c| c.country().as_ref());
            Some((
                manager.name.as_str(),
                above.map(|above| above.name.as_str()),
                country.map(|country| country.name.as_str()),
            ))
        };
        assert_eq!(bosses(0), None);
        assert_eq!(bosses(1), Some(("ann", None, None)));
        assert_eq!(bosses(2), Some(("ann", None, None)));
        assert_eq!(bosses(3), Some(("bob", Some("ann"), Some("Italy"))));
        assert_eq!(bosses(4), None);
    });
}

#[test]
fn a_path_loads_every_row_on_it() {
    with_blog(async |db| {
        let query = || Post::objects().order_by(|p| p.id);
        let posts = in_statements(1, query().select_related(|p| p.author.company).all(db)).await.unwrap();
        assert_eq!(posts[0].author().name, "ann");
        assert_eq!(posts[0].author().company().as_ref().unwrap().name, "Acme");
        let written_out =
            query().select_related(|p| p.author.select_related(|a| a.company)).all(db).await.unwrap();
        assert_eq!(posts, written_out);

        let posts = query().select_related(|p| p.author.company.country).all(db).await.unwrap();
        let country = |at: usize| posts[at].author().company().as_ref().unwrap().country().as_ref();
        assert_eq!(country(0).map(|country| country.name.as_str()), Some("Italy"));
        assert_eq!(country(4), None);

        let posts = query().select_related(|p| p.editor.profile).all(db).await.unwrap();
        let bio = |at: usize| Some(posts[at].editor().as_ref()?.profile().as_ref()?.bio.as_str());
        assert_eq!((0..5).map(bio).collect::<Vec<_>>(), [None, None, Some("third"), Some("first"), None]);
    });
}

#[test]
fn the_other_side_of_a_one_to_one() {
    with_blog(async |db| {
        let query = User::objects().select_related(|u| u.profile).order_by(|u| u.id);
        let users = in_statements(1, query.all(db)).await.unwrap();
        let bios: Vec<_> =
            users.iter().map(|u| u.profile().as_ref().map(|profile| profile.bio.as_str())).collect();
        assert_eq!(bios, [Some("first"), None, Some("third"), None, None]);

        let users = User::objects()
            .select_related(|u| u.profile.select_related(|p| p.home))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let home =
            |at: usize| users[at].profile().as_ref().map(|p| p.home().as_ref().map(|c| c.code.as_str()));
        assert_eq!((0..3).map(home).collect::<Vec<_>>(), [Some(Some("no")), None, Some(None)]);

        // From the side that holds the key, there always is one.
        let profile = Profile::objects().select_related(|p| p.user).pk(2).get(db).await.unwrap();
        assert_eq!(profile.user().name, "cyd");
        // There and back again.
        let profile = Profile::objects().select_related(|p| p.user.profile).pk(2).get(db).await.unwrap();
        assert_eq!(profile.user().profile().as_ref(), Some(&*profile));
    });
}

#[test]
fn only_where_a_condition_is_true() {
    with_blog(async |db| {
        let posts = in_statements(
            1,
            Post::objects()
                .select_related(|p| {
                    (p.author.filter(|a| a.name.ne("ann")), p.editor.filter(|e| e.company.is_not_null()))
                })
                .order_by(|p| p.id)
                .all(db),
        )
        .await
        .unwrap();
        // All posts, also those whose author is not loaded; NULL on the way is no truth.
        let found: Vec<_> = posts
            .iter()
            .map(|p| {
                (
                    p.author().as_ref().map(|author: &User| author.name.as_str()),
                    p.editor().as_ref().map(|editor| editor.name.as_str()),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (None, Some("bob")),
                (None, None),
                (None, Some("cyd")),
                (Some("bob"), Some("ann")),
                (Some("cyd"), None)
            ]
        );
        // What is below comes with it, and is not there without it.
        let posts = Post::objects()
            .select_related(|p| {
                p.author
                    .filter(|a| a.company.country.code.eq("it"))
                    .filter(|a| a.name.gt("ann"))
                    .select_related(|a| a.company.select_related(|c| c.country))
                    .prefetch_related(|a| a.reports)
            })
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        let found: Vec<_> = posts
            .iter()
            .map(|post| {
                post.author().as_ref().map(|author| {
                    let country = author.company().as_ref().unwrap().country().as_ref().unwrap();
                    (author.name.as_str(), country.name.as_str(), names!(author.reports(), name))
                })
            })
            .collect();
        assert_eq!(found, [None, None, None, Some(("bob", "Italy", vec!["dan".to_owned()])), None]);
    });
}

#[test]
fn a_condition_on_a_reverse_one_to_one() {
    with_blog(async |db| {
        let users = User::objects()
            .select_related(|u| u.profile.filter(|p| p.home.is_null()))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let bios: Vec<_> = users.iter().map(|u| u.profile().as_ref().map(|p| p.bio.as_str())).collect();
        // Users without a profile have no profile without a home either.
        assert_eq!(bios, [None, None, Some("third"), None, None]);
    });
}

#[test]
fn a_helper_for_any_row_with_its_author() {
    fn signed<I, L>(post: &PostWith<L>) -> String
    where
        L: orm::model::HasOne<post::author, I, User>,
    {
        format!("{} by {}", post.title, post.author().name)
    }
    with_blog(async |db| {
        let query = || Post::objects().pk(1);
        let one = query().select_related(|p| p.author).get(db).await.unwrap();
        let two = query().select_related(|p| (p.editor, p.author)).get(db).await.unwrap();
        assert_eq!((signed(&one), signed(&two)), ("a by ann".to_owned(), "a by ann".to_owned()));
    });
}

#[test]
fn a_loaded_row_is_a_value() {
    with_blog(async |db| {
        let query = || Post::objects().select_related(|p| (p.author.company, p.editor));
        let mut post = query().pk(1).get(db).await.unwrap();
        let again = query().pk(1).get(db).await.unwrap();
        assert_eq!(post, again);
        assert_eq!(post.clone(), post);
        assert_ne!(post, query().pk(2).get(db).await.unwrap());
        let shown = format!("{post:?}");
        assert!(shown.contains("author") && shown.contains("Acme") && shown.contains("bob"), "{shown}");

        // It can be changed and saved as the row that it is.
        post.views = 11;
        assert_ne!(post, again);
        let row: &mut Post = &mut post;
        row.save(db).await.unwrap();
        assert_eq!(Post::objects().pk(1).get(db).await.unwrap().views, 11);
        assert_eq!(post.into_row(), Post::objects().pk(1).get(db).await.unwrap());
    });
}
