//! Every option and every kind of field, with the lints on that a careful user has.

#![deny(missing_docs, unreachable_pub, unused, unused_qualifications, missing_debug_implementations)]

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use orm::Model;
use orm::prelude::*;
use orm::schema::{DbDefault, Generated, OnDelete};
use orm::value::{Value, ValueKind};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A user.
#[derive(Model, Debug, Clone)]
pub struct User {
    /// Counted by the database.
    #[field(primary_key)]
    pub id: i64,
    /// Unique.
    #[field(max_length = 150, unique)]
    pub username: String,
    /// Nullable.
    pub email: Option<String>,
    /// Private, and a relation to itself.
    manager: Option<ForeignKey<Self>>,
}

/// Stored as text.
#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// With what follows from the name.
    InReview,
    /// With words of its own.
    #[choice(value = "public", label = "Published")]
    Public,
}

/// Stored as an integer.
#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
#[choices(i16)]
pub enum Rating {
    /// Below zero.
    Bad = -1,
    /// By attribute.
    #[choice(value = 7)]
    Good,
}

/// A newtype of text.
#[derive(FieldType, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(pub String);

/// A newtype with a named field.
#[derive(FieldType, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TagId {
    id: i64,
}

/// A newtype of a time.
#[derive(FieldType, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen(DateTime<Utc>);

/// A tag.
#[derive(Model, Debug, Clone)]
#[model(fields_mod = tag_fields)]
pub struct Tag {
    /// A newtype that the database counts.
    #[field(primary_key, identity)]
    pub id: TagId,
    /// A newtype with a limit.
    #[field(max_length = 20, unique)]
    pub slug: Slug,
    /// A reserved word.
    pub r#type: Option<i32>,
    /// A newtype that holds the time.
    #[field(auto_now)]
    pub seen: Seen,
}

/// A post.
#[derive(Model, Debug, Clone)]
#[model(
    table = "blog_post",
    ordering = [-created_at, title],
    index(author, -created_at),
    unique(name = "post_title", fields(author, title)),
)]
#[model(check(name = "views_positive", |p| p.views.ge(0) & p.title.ne("")))]
pub struct Post {
    /// A key that is given.
    #[field(primary_key, default = Uuid::new_v4_like())]
    pub id: Uuid,
    /// A relation.
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>,
    /// A nullable relation.
    #[field(on_delete = set_null, column = "edited_by")]
    pub editor: Option<ForeignKey<User>>,
    /// Set to a value.
    #[field(on_delete = set(ForeignKey::new(1)))]
    pub owner: Option<ForeignKey<User>>,
    /// Protecting.
    #[field(on_delete = protect)]
    pub reviewer: Option<ForeignKey<User>>,
    /// Django's name.
    #[field(on_delete = do_nothing)]
    pub reader: Option<ForeignKey<User>>,
    /// Required.
    #[field(max_length = 200)]
    pub title: String,
    /// A literal as default.
    #[field(default = 0)]
    pub views: i64,
    /// A literal as default of a nullable field.
    #[field(default = "none")]
    pub note: Option<String>,
    /// The type's default.
    #[field(default)]
    pub likes: u32,
    /// A decimal.
    #[field(max_digits = 10, decimal_places = 2, db_default = 0)]
    pub price: Decimal,
    /// Choices with an index and no length of their own.
    #[field(default = Status::InReview, index)]
    pub status: Status,
    /// Choices as integers.
    pub rating: Option<Rating>,
    /// A default of the database.
    #[field(db_default = "en", max_length = 5)]
    pub language: String,
    /// JSON.
    pub tags: Json<Vec<String>>,
    /// The day of creation.
    #[field(auto_now_add)]
    pub created_on: NaiveDate,
    /// The time of creation.
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
    /// The time of each save.
    #[field(auto_now)]
    pub saved_at: Option<NaiveTime>,
}

trait NewV4Like {
    fn new_v4_like() -> Uuid;
}

impl NewV4Like for Uuid {
    fn new_v4_like() -> Uuid {
        Uuid::from_u128(7)
    }
}

/// A key of two fields.
#[derive(Model, Debug, Clone)]
#[model(primary_key(tag, post))]
pub struct PostTag {
    /// One half.
    pub post: ForeignKey<Post>,
    /// The other half.
    pub tag: ForeignKey<Tag>,
}

/// Names that are awkward: a parameter of the generated code, a setter called like a method, a primitive type.
pub mod awkward {
    use orm::prelude::*;

    #[derive(Model, Debug)]
    pub(super) struct P {
        #[field(primary_key, identity = false)]
        pub(super) id: i64,
        pub(super) build: bool,
        pub(super) row: Option<i32>,
        pub(super) value: Option<i32>,
        pub(super) now: Option<i32>,
    }

    #[derive(Model, Debug)]
    pub(in super::awkward) struct Str {
        #[field(primary_key)]
        id: i64,
        text: Option<String>,
    }

    pub(super) fn longest(rows: &str) -> usize {
        let row = Str { id: 1, text: Some(rows.to_owned()) };
        row.text.map_or(0, |text| text.len()) + usize::from(row.id > 1)
    }
}

fn queries(user: &User) {
    let _ = Post::objects()
        .filter(|p| p.author.username.eq("ann") & (p.title.icontains("rust") | p.views.ge(100)))
        .exclude(|p| p.editor.email.is_null())
        .filter(|p| p.author.manager.manager.id.eq(3) & p.author.eq(user) & p.status.eq(Status::Public))
        .filter(|p| p.id.ne(Uuid::nil()) & p.rating.eq(Rating::Good) & p.price.gt(3))
        .order_by(|p| (p.views.desc(), p.author.username));
    let _ =
        Tag::objects().pk(7).filter(|t| t.slug.eq("x") & t.slug.contains("y") & t.id.lt(3) & t.r#type.eq(4));
    let _ = PostTag::objects().filter(|p| p.tag.slug.ne(Slug("x".into())));
    let (post, tag) = (Post::fields(), Tag::fields());
    let _ = (post.views.set(post.views + 1), post.note.set(None::<String>), post.editor.set(user));
    let _ = (tag.slug.set("x"), tag.id.set(3), tag.r#type.set(tag.r#type));
}

fn in_a_function() -> String {
    #[derive(Choices, Debug, Clone)]
    enum Color {
        Red,
        Green,
    }

    #[derive(FieldType, Debug, Clone)]
    struct Weight(f64);

    #[derive(Model, Debug)]
    struct Inner {
        #[field(primary_key)]
        id: i32,
        color: Color,
        weight: Option<Weight>,
        parent: Option<ForeignKey<Inner>>,
    }

    let _ = Inner::objects().filter(|i| i.color.eq(Color::Green) & i.parent.color.eq(Color::Red));
    let _ = |inner: Inner| (inner.id, inner.color, inner.weight.map(|weight| weight.0), inner.parent);
    format!("{:?}", Inner::draft().color(Color::Red).build())
}

/// Looks at some of it.
pub fn check() {
    let user = User { id: 3, username: "ann".into(), email: None, manager: None };
    queries(&user);
    assert_eq!(in_a_function(), "NewInner { id: None, color: Red, weight: None, parent: None }");
    assert_eq!(awkward::longest("four"), 4);

    let meta = <Post as Model>::META;
    let field = |name: &str| meta.field(name).unwrap();
    assert_eq!((meta.name, meta.table, meta.primary_key), ("Post", "blog_post", [0].as_slice()));
    assert_eq!((field("author").column, field("author").kind), ("author_id", ValueKind::I64));
    assert_eq!(field("author").relation.unwrap().on_delete, OnDelete::Cascade);
    let OnDelete::Set(owner) = field("owner").relation.unwrap().on_delete else { panic!("it is set") };
    assert_eq!(owner.0(), Ok(vec![Value::I64(1)]));
    assert_eq!(field("reviewer").relation.unwrap().on_delete, OnDelete::Protect);
    assert_eq!(field("reader").relation.unwrap().on_delete, OnDelete::NoAction);
    assert_eq!((field("editor").column, field("editor").nullable), ("edited_by", true));
    assert_eq!((field("status").max_length, field("status").choices.len()), (Some(9), 2));
    assert_eq!(field("price").digits, Some((10, 2)));
    assert_eq!(field("language").db_default, Some(DbDefault::Text("en")));
    assert_eq!(field("saved_at").generated, Some(Generated::AutoNow));
    assert_eq!(<User as Model>::META.fields[0].generated, Some(Generated::Identity));
    assert_eq!(<PostTag as Model>::META.primary_key, [1, 0]);
    assert_eq!(<Tag as Model>::META.fields[2].column, "type");
    assert_eq!(Post::checks().len(), 1);

    let new = Post::draft().author(&user).title("x").tags(Json(vec![])).build();
    let same: NewPost =
        Post::draft().tags(Json(vec![])).title("x".to_owned()).author(ForeignKey::new(3)).into();
    assert_eq!(format!("{new:?}"), format!("{:?}", same.clone()));
    let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let values = orm::private::NewModel::into_values(new, now).unwrap();
    let given: Vec<bool> = values.iter().map(Option::is_some).collect();
    // The database has the price and the language.
    assert_eq!(
        given.iter().enumerate().filter(|(_, given)| !**given).map(|(at, _)| at).collect::<Vec<_>>(),
        [10, 13]
    );

    let made = awkward::NewP::from(awkward::P::draft().id(1).build(true));
    assert_eq!((made.id, made.build, made.row, made.value, made.now), (1, true, None, None, None));

    assert_eq!((Status::InReview.value(), Status::InReview.label()), ("in_review", "In review"));
    assert_eq!(Status::try_from("public"), Ok(Status::Public));
    assert_eq!((Rating::try_from(-1), Rating::Good.value()), (Ok(Rating::Bad), 7));
    assert!(Rating::try_from(0).is_err());
    assert_eq!(Status::ALL, [Status::InReview, Status::Public]);
    assert_eq!(TagId::from(3).id, 3);
}
