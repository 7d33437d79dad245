//! A model with `soft_delete` keeps its deleted rows: querysets leave them out unless they are asked for them.

use chrono::SubsecRound;
use orm::hooks::{AfterDelete, BeforeDelete};
use orm::prelude::*;
use orm::{Error, models};

use crate::support::{Counting, Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(posts = Post::author, notes = Note::owner))]
struct User {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    soft_delete = removed,
    ordering = [id],
    has_many(comments = Comment::post, replies = Post::parent),
    has_one(cover = Cover::post),
    many_to_many(tags: Tag)
)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<User>,
    #[field(on_delete = cascade)]
    parent: Option<ForeignKey<Post>>,
    #[field(max_length = 50, unique)]
    title: String,
    #[field(default = 0)]
    views: i32,
    removed: Option<DateTime<Utc>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Comment {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    post: ForeignKey<Post>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(soft_delete = at)]
struct Cover {
    #[field(primary_key)]
    id: i64,
    post: OneToOne<Post>,
    at: Option<NaiveDateTime>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(soft_delete = deleted_at, has_many(posts = Post::tags))]
struct Tag {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(soft_delete = deleted_at)]
struct Note {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = protect)]
    owner: ForeignKey<User>,
    #[field(version)]
    version: i32,
    deleted_at: Option<DateTime<Utc>>,
}

/// A user with the posts "a", "b" and "c", of which "b" is deleted.
async fn posts(db: &Db) -> (User, Vec<Post>) {
    let ann = User::objects().create(db, |u| u.name("Ann")).await.unwrap();
    let mut posts = Vec::new();
    for title in ["a", "b", "c"] {
        posts.push(Post::objects().create(db, |p| p.author(&ann).title(title)).await.unwrap());
    }
    assert!(posts[1].delete(db).await.unwrap());
    posts[1].refresh(db).await.unwrap();
    (ann, posts)
}

async fn titles(db: &Db, posts: orm::QuerySet<Post>) -> String {
    posts.values(|p| p.title).all(db).await.unwrap().concat()
}

#[test]
fn deleting_writes_the_time_in_one_statement() {
    run(models![User, Post, Comment, Cover, Tag, Note], async |db| {
        let before = Utc::now().trunc_subsecs(6);
        let (_, posts) = posts(db).await;
        let removed = posts[1].removed.expect("the time is written");
        assert!((before..=Utc::now()).contains(&removed));
        Comment::objects().create(db, |c| c.post(&posts[0])).await.unwrap();

        let counting = Counting::new(db.clone());
        assert!(posts[0].delete(&counting).await.unwrap());
        assert_eq!(counting.taken(), (0, 1, 0));
        assert_eq!(Comment::objects().count(db).await.unwrap(), 1, "foreign keys have nothing to do");
        // Once only, and the first time stays.
        assert!(!posts[0].delete(db).await.unwrap());
        assert!(!posts[1].delete(db).await.unwrap());
        let refreshed = Post::objects().with_deleted().pk(posts[1].id).get(db).await.unwrap();
        assert_eq!(refreshed.removed, Some(removed));
        assert_eq!(Post::objects().with_deleted().delete(db).await.unwrap(), 1);
        assert_eq!(Post::objects().delete(db).await.unwrap(), 0);
        assert_eq!(Post::objects().only_deleted().delete(db).await.unwrap(), 0);
        assert_eq!(Post::objects().only_deleted().count(db).await.unwrap(), 3);
    });
}

#[test]
fn querysets_leave_deleted_rows_out_unless_asked() {
    run(models![User, Post, Comment, Cover, Tag, Note], async |db| {
        let (_, all) = posts(db).await;
        assert_eq!(titles(db, Post::objects()).await, "ac");
        assert_eq!(titles(db, Post::objects().with_deleted()).await, "abc");
        assert_eq!(titles(db, Post::objects().only_deleted()).await, "b");
        assert_eq!(titles(db, Post::objects().filter(|p| p.title.ge("b")).with_deleted()).await, "bc");
        assert_eq!(titles(db, Post::objects().exclude(|p| p.title.eq("a"))).await, "c");
        assert_eq!(titles(db, Post::objects().with_deleted().order_by(|p| p.id).limit(2)).await, "ab");
        assert_eq!(titles(db, Post::objects().order_by(|p| p.id).limit(2)).await, "ac");

        assert!(Post::objects().pk(all[1].id).get(db).await.unwrap_err().is_does_not_exist());
        assert_eq!(Post::objects().count(db).await.unwrap(), 2);
        assert!(!Post::objects().filter(|p| p.title.eq("b")).exists(db).await.unwrap());
        assert_eq!(Post::objects().aggregate(db, |p| p.id.count()).await.unwrap(), 2);
        assert_eq!(Post::objects().last(db).await.unwrap().unwrap().title, "c");
        let among = Post::objects()
            .filter(|p| p.id.is_in(Post::objects().filter(|p| p.title.le("b")).values(|p| p.id)));
        assert_eq!(titles(db, among).await, "a");
        let either =
            Post::objects().filter(|p| p.title.eq("a")).union(Post::objects().filter(|p| p.title.ge("b")));
        assert_eq!(either.all(db).await.unwrap().len(), 2);
        assert_eq!(Post::objects().update(db, |p| p.views.set(7)).await.unwrap(), 2);
        let mut rows = all.clone();
        assert_eq!(Post::objects().bulk_update(db, &mut rows, |p| p.views).await.unwrap(), 2);
        assert_eq!(Post::objects().with_deleted().bulk_update(db, &mut rows, |p| p.views).await.unwrap(), 3);

        // What one has in hand is written and read by its key.
        let mut held = all[1].clone();
        held.views = 3;
        held.save(db).await.unwrap();
        held.refresh(db).await.unwrap();
        assert!(held.removed.is_some() && held.views == 3);
        held.removed = None;
        held.save(db).await.unwrap();
        assert_eq!(titles(db, Post::objects()).await, "abc");
    });
}

#[test]
fn relations_to_many_leave_them_out_and_those_to_one_show_them() {
    run(models![User, Post, Comment, Cover, Tag, Note], async |db| {
        let (ann, all) = posts(db).await;
        assert_eq!(ann.related(|u| u.posts).count(db).await.unwrap(), 2);
        assert_eq!(ann.related(|u| u.posts).objects().with_deleted().count(db).await.unwrap(), 3);
        let loaded = User::objects().prefetch_related(|u| u.posts).get(db).await.unwrap();
        assert_eq!(loaded.posts().iter().map(|post| post.title.as_str()).collect::<Vec<_>>(), ["a", "c"]);
        let loaded =
            User::objects().prefetch_related(|u| u.posts.with_deleted().limit(2)).get(db).await.unwrap();
        assert_eq!(loaded.posts().iter().map(|post| post.title.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let counted = User::objects()
            .values(|u| (u.posts.count(), u.posts.with_deleted().count(), u.posts.only_deleted().count()))
            .all(db)
            .await
            .unwrap();
        assert_eq!(counted, [(2, 3, 1)]);
        assert!(!User::objects().filter(|u| u.posts.any(|p| p.title.eq("b"))).exists(db).await.unwrap());
        let deleted = |u: UserFields| u.posts.with_deleted().filter(|p| p.title.eq("b")).exists();
        assert!(User::objects().filter(deleted).exists(db).await.unwrap());
        assert!(User::objects().filter(|u| u.posts.all(|p| p.title.ne("b"))).exists(db).await.unwrap());
        assert!(User::objects().filter(|u| u.posts.none(|p| p.title.eq("b"))).exists(db).await.unwrap());

        // A row that has an author, a post, a cover shows it, whatever became of that.
        let comment = Comment::objects().create(db, |c| c.post(&all[1])).await.unwrap();
        let joined = Comment::objects().select_related(|c| c.post).get(db).await.unwrap();
        assert_eq!(joined.post().title, "b");
        assert!(Comment::objects().filter(|c| c.post.title.eq("b")).exists(db).await.unwrap());
        assert!(!Comment::objects().filter(|c| c.post.removed.is_null()).exists(db).await.unwrap());
        assert_eq!(comment.post.fetch(db).await.unwrap().title, "b");
        let prefetched = Comment::objects().prefetch_related(|c| c.post).get(db).await.unwrap();
        assert_eq!(prefetched.post().as_ref().map(|post| post.title.as_str()), Some("b"));
        let cover = Cover::objects().create(db, |c| c.post(&all[0])).await.unwrap();
        cover.delete(db).await.unwrap();
        assert_eq!(Cover::objects().count(db).await.unwrap(), 0);
        let shown =
            Post::objects().select_related(|p| p.cover).filter(|p| p.title.eq("a")).get(db).await.unwrap();
        assert!(shown.cover().as_ref().is_some_and(|cover| cover.at.is_some()));

        // Many to many, from both sides.
        let mut tags = Vec::new();
        for name in ["x", "y"] {
            tags.push(Tag::objects().create(db, |t| t.name(name)).await.unwrap());
        }
        for post in &all {
            post.related(|p| p.tags).add(db, &tags).await.unwrap();
        }
        tags[0].delete(db).await.unwrap();
        assert_eq!(all[0].related(|p| p.tags).all(db).await.unwrap(), tags[1..]);
        let loaded = Tag::objects().prefetch_related(|t| t.posts).all(db).await.unwrap();
        assert_eq!(loaded.iter().map(|tag| tag.posts().len()).collect::<Vec<_>>(), [2]);
        let tagged = Post::objects().with_deleted().filter(|p| p.tags.any(|t| t.name.eq("x")));
        assert!(!tagged.exists(db).await.unwrap());
    });
}

#[test]
fn trees_leave_deleted_branches_out() {
    run(models![User, Post, Comment, Cover, Tag, Note], async |db| {
        let (ann, all) = posts(db).await;
        let under = async |title: &'static str, parent: &Post| {
            Post::objects().create(db, |p| p.author(&ann).title(title).parent(parent)).await.unwrap()
        };
        let d = under("d", &all[0]).await;
        let e = under("e", &d).await;
        under("f", &e).await;
        e.delete(db).await.unwrap();
        let tree = || Post::objects().filter(|p| p.title.eq("a"));
        assert_eq!(titles(db, tree().recursive(|post, found| post.parent.id.eq(found.id))).await, "ad");
        let whole = tree().with_deleted().recursive(|post, found| post.parent.id.eq(found.id));
        assert_eq!(titles(db, whole).await, "adef");
    });
}

#[test]
fn rows_come_back_and_go_for_good() {
    run(models![User, Post, Comment, Cover, Tag, Note], async |db| {
        let (ann, all) = posts(db).await;
        assert_eq!(Post::objects().filter(|p| p.title.le("b")).restore(db).await.unwrap(), 1);
        assert_eq!(titles(db, Post::objects()).await, "abc");
        assert!(!all[1].restore(db).await.unwrap());
        all[1].delete(db).await.unwrap();
        assert!(all[1].restore(db).await.unwrap());
        all[1].delete(db).await.unwrap();

        Comment::objects().create(db, |c| c.post(&all[1])).await.unwrap();
        assert_eq!(Post::objects().filter(|p| p.title.eq("b")).hard_delete(db).await.unwrap(), 0);
        assert_eq!(Post::objects().only_deleted().hard_delete(db).await.unwrap(), 1);
        assert_eq!(Comment::objects().count(db).await.unwrap(), 0, "now the database cascades");
        assert!(all[0].hard_delete(db).await.unwrap());
        assert!(!all[0].hard_delete(db).await.unwrap());
        assert_eq!(titles(db, Post::objects().with_deleted()).await, "c");

        // The slice of other rows would be another one.
        let first = || Post::objects().order_by(|p| p.id).limit(1);
        assert!(matches!(first().restore(db).await, Err(Error::InvalidQuery(_))));
        assert!(matches!(first().with_deleted().delete(db).await, Err(Error::InvalidQuery(_))));
        assert_eq!(first().delete(db).await.unwrap(), 1);
        assert_eq!(first().only_deleted().restore(db).await.unwrap(), 1);

        // What a row hangs on takes it along for good, also when it is deleted already.
        all[2].delete(db).await.unwrap();
        assert!(ann.delete(db).await.unwrap());
        assert_eq!(Post::objects().with_deleted().count(db).await.unwrap(), 0);
    });
}

#[test]
fn each_way_to_delete_is_soft() {
    run(models![User, Post, Comment, Cover, Tag, Note], async |db| {
        let (_, all) = posts(db).await;
        let deleted = all[0].delete_collected(db).await.unwrap();
        assert_eq!((deleted.total, deleted.of::<Post>()), (1, 1));
        all[0].restore(db).await.unwrap();
        assert_eq!(Post::objects().bulk_delete(db, &all).await.unwrap(), 2);
        Post::objects().restore(db).await.unwrap();
        let gone = Post::objects().filter(|p| p.title.eq("a")).delete_returning(db).await.unwrap();
        assert_eq!(gone.len(), 1);
        assert_eq!(Post::objects().delete_collected(db).await.unwrap().total, 2);
        assert_eq!(titles(db, Post::objects().only_deleted()).await, "abc");

        // Unique values stay taken.
        let again = Post::objects().create(db, |p| p.author(all[0].author).title("a")).await;
        assert!(again.unwrap_err().is_unique_violation());
    });
}

#[test]
fn who_protects_goes_on_to_and_versions_count() {
    run(models![User, Post, Comment, Cover, Tag, Note], async |db| {
        let ann = User::objects().create(db, |u| u.name("Ann")).await.unwrap();
        let mut note = Note::objects().create(db, |n| n.owner(&ann)).await.unwrap();
        let stale = note.clone();
        note.save(db).await.unwrap();
        assert!(matches!(stale.delete(db).await, Err(Error::StaleObject(_))));
        assert!(note.delete(db).await.unwrap());
        note.refresh(db).await.unwrap();
        assert_eq!(note.version, 3);
        assert!(matches!(ann.delete(db).await, Err(Error::Protected(_))));
        assert!(note.hard_delete(db).await.unwrap());
        assert!(ann.delete(db).await.unwrap());
    });
}

#[test]
fn hooks_of_deletion_are_called_and_know() {
    run(models![User, Post, Comment, Cover, Tag, Note], async |db| {
        let (ann, all) = posts(db).await;
        let hooked = db.with_hooks(|hooks| {
            hooks
                .before_delete(async |_: &Transaction<_>, post: &mut BeforeDelete<Post>| {
                    match (post.is_soft(), post.row.title.as_str()) {
                        (true, "c") => Err(Error::hook("it stays")),
                        _ => Ok(()),
                    }
                })
                .after_delete(async |tx: &Transaction<_>, post: &mut AfterDelete<Post>| {
                    assert_eq!(post.row.removed, None);
                    let name = format!("{} {}", post.is_soft(), post.row.title);
                    Tag::objects().create(tx, |t| t.name(name)).await.map(drop)
                })
        });
        assert!(Post::objects().delete(&hooked).await.is_err());
        assert_eq!(titles(db, Post::objects()).await, "ac");
        assert_eq!(Post::objects().filter(|p| p.title.lt("c")).delete(&hooked).await.unwrap(), 1);
        assert!(all[2].hard_delete(&hooked).await.unwrap());
        let told = Tag::objects().order_by(|t| t.id).values(|t| t.name).all(db).await.unwrap();
        assert_eq!(told, ["true a", "false c"]);
        assert_eq!(ann.related(|u| u.posts).count(db).await.unwrap(), 0);
    });
}

#[derive(Model, Debug, Clone)]
#[model(many_to_many(groups: Group, through = Membership(person, group)))]
struct Person {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone)]
struct Group {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(primary_key(person, group), soft_delete = left)]
struct Membership {
    person: ForeignKey<Person>,
    group: ForeignKey<Group>,
    left: Option<DateTime<Utc>>,
}

#[test]
fn a_model_between_cannot_be_soft() {
    run(models![Person, Group, Membership], async |db| {
        let person = Person::objects().create(db, |p| p).await.unwrap();
        let group = Group::objects().create(db, |g| g).await.unwrap();
        let error = person.related(|p| p.groups).count(db).await.unwrap_err();
        assert!(error.to_string().contains("`Membership`"), "{error}");
        assert!(Person::objects().filter(|p| p.groups.exists()).count(db).await.is_err());
        assert!(person.related(|p| p.groups).add(db, [&group]).await.is_err());
        assert!(person.related(|p| p.groups).clear(db).await.is_err());
    });
}
