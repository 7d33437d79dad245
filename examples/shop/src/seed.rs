//! A shop that has been open for a while: always the same rows, so that they can be compared with those of other programs.

use orm::prelude::*;
use orm::{AnyDatabase, DatabaseErrorKind, Result};

use crate::models::{
    MODELS, NewPost, NewProduct, NewTag, NewUser, Order, OrderLine, Post, PostTags, Product, Tag, User,
};

pub const USERS: usize = 200;
pub const POSTS: usize = 2_000;
pub const TAGS: usize = 50;
pub const PRODUCTS: usize = 500;
pub const ORDERS: usize = 1_000;

/// Makes the tables where there are none.
///
/// # Errors
/// The database cannot be asked, or refuses.
pub async fn create_tables(db: &AnyDatabase) -> Result<()> {
    match User::objects().exists(db).await {
        Ok(_) => Ok(()),
        // An unknown table; any other error is one.
        Err(error) if error.kind() == Some(DatabaseErrorKind::ProgrammingError) => {
            tracing::info!("creating tables");
            db.create_tables(MODELS).await
        }
        Err(error) => Err(error),
    }
}

/// Fills an empty shop, in one transaction: all of it is there or nothing, so that a start that was interrupted is made
/// good by the next one.
///
/// # Errors
/// The database refuses.
pub async fn fill_if_empty(db: &AnyDatabase) -> Result<()> {
    if User::objects().exists(db).await? {
        return Ok(());
    }
    tracing::info!("filling the empty shop with {USERS} users, {POSTS} posts, {PRODUCTS} products");
    db.atomic(async |tx| {
        let users = User::objects().bulk_create(tx, (0..USERS).map(user)).keys().await?;
        let tags = Tag::objects().bulk_create(tx, (0..TAGS).map(tag)).keys().await?;
        let posts = Post::objects().bulk_create(tx, (0..POSTS).map(|n| post(n, &users))).keys().await?;
        let tagged = posts.iter().enumerate().flat_map(|(n, post)| tags_of(n).map(|tag| (*post, tags[tag])));
        let tagged =
            tagged.map(|(post, tag)| PostTags::draft().post(ForeignKey::new(post)).tag(ForeignKey::new(tag)));
        PostTags::objects().bulk_create(tx, tagged).count().await?;
        let products = Product::objects().bulk_create(tx, (0..PRODUCTS).map(product)).keys().await?;
        sell(tx, &users, &products).await
    })
    .await
}

/// Orders of a year, so that there is something to report.
async fn sell<E: orm::backend::Executor>(db: &E, users: &[i64], products: &[i64]) -> Result<()> {
    let orders = (0..ORDERS).map(|n| {
        Order::draft()
            .customer(ForeignKey::new(users[n * 7 % users.len()]))
            .total(
                lines(n).map(|(product, quantity)| price(product) * Decimal::from(quantity)).sum::<Decimal>(),
            )
            .placed_at(opening() + TimeDelta::hours(8 * hours(n)))
    });
    let orders = Order::objects().bulk_create(db, orders).keys().await?;
    let lines = orders.iter().enumerate().flat_map(|(n, order)| {
        lines(n).map(|(product, quantity)| {
            OrderLine::draft()
                .order(ForeignKey::new(*order))
                .product(ForeignKey::new(products[product]))
                .quantity(quantity)
                .price(price(product))
        })
    });
    OrderLine::objects().bulk_create(db, lines).count().await.map(drop)
}

fn user(n: usize) -> NewUser {
    User::draft()
        .username(format!("user_{n}"))
        .email(format!("user_{n}@example.org"))
        .created_at(opening())
        .build()
}

fn tag(n: usize) -> NewTag {
    const SUBJECTS: [&str; 10] =
        ["tea", "coffee", "kettles", "cups", "spoons", "water", "milk", "sugar", "biscuits", "mornings"];
    const KINDS: [&str; 5] = ["news", "tests", "advice", "history", "offers"];
    Tag::draft().name(format!("{}-{}", SUBJECTS[n % 10], KINDS[n / 10 % 5])).build()
}

/// One each four hours, by the users in turn.
fn post(n: usize, users: &[i64]) -> NewPost {
    const TITLES: [&str; 8] = [
        "What I know about water",
        "Three ways to warm a pot",
        "A letter to my kettle",
        "Why the second cup is better",
        "Milk first?",
        "The spoon question",
        "Leaves, and what they tell",
        "Notes from a rainy morning",
    ];
    const SENTENCE: &str =
        "Whoever has waited for a kettle on a cold morning knows that patience is a kind of heat. ";
    Post::draft()
        .author(ForeignKey::new(users[n % users.len()]))
        .title(format!("{} ({})", TITLES[n % 8], n / 8 + 1))
        .body(SENTENCE.repeat(3 + n % 10))
        .created_at(opening() + TimeDelta::hours(4 * hours(n)))
        .build()
}

/// From one to four tags, never the same twice.
fn tags_of(post: usize) -> impl Iterator<Item = usize> {
    (0..=post % 4).map(move |k| (post * 3 + k * 11) % TAGS)
}

fn product(n: usize) -> NewProduct {
    const KINDS: [&str; 5] = ["Tea", "Coffee", "Kettle", "Cup", "Spoon"];
    const LOOKS: [&str; 10] =
        ["Green", "Black", "White", "Red", "Blue", "Plain", "Fine", "Tall", "Small", "Old"];
    Product::draft()
        .sku(format!("{}-{n:03}", KINDS[n % 5].to_lowercase()))
        .name(format!("{} {} No. {}", LOOKS[n / 5 % 10], KINDS[n % 5], n / 50 + 1))
        .price(price(n))
        .stock(i32::try_from(20 + n * 13 % 180).unwrap_or(0))
        .build()
}

/// From 1.95 up.
fn price(product: usize) -> Decimal {
    Decimal::new(195 + 37 * hours(product) % 4_800, 2)
}

/// One or two products of an order, and how many pieces.
fn lines(order: usize) -> impl Iterator<Item = (usize, i32)> {
    let first = (order * 17 % PRODUCTS, 1 + i32::from(order % 3 == 0));
    let second = ((order * 17 + 101) % PRODUCTS, 1);
    [first, second].into_iter().take(1 + order % 2)
}

fn opening() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_089)
}

fn hours(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(0)
}
