//! `assert_queries!`: how many queries a piece of code may run.

use std::fmt;
use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

use super::Recording;

/// Runs code and panics unless it ran as many queries as expected; gives the code's value. For tests.
///
/// The code is a block, which may await, or a future; the macro awaits it. What is expected is a number or a range, such
/// as `..=3`. BEGIN, COMMIT, SAVEPOINT and their kin are no queries; other statements are, also those that the library
/// runs by itself. Where the number is another, the panic lists all statements with their places in the program, and
/// says of those that repeat how to put them into one.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let posts = assert_queries!(1, Post::objects().all(&db))?;
/// assert_eq!(posts.len(), 3);
///
/// let names = assert_queries!(..=3, {
///     let posts = Post::objects().limit(2).all(&db).await?;
///     let users = User::objects().in_bulk(&db, posts.iter().map(|post| *post.author.key())).await?;
///     Ok::<_, orm::Error>(users.into_values().map(|user| user.username).collect::<Vec<_>>())
/// })?;
/// assert_eq!(names.len(), 2);
/// # Ok(()) }) }
/// ```
///
/// A `?` in a block ends the block, as in an `async` one; so does `return`.
#[macro_export]
macro_rules! assert_queries {
    ($expected:expr, $body:block $(,)?) => {{
        let (value, recording) = $crate::exec::recorder::record(async $body).await;
        $crate::exec::recorder::check(&$expected, &recording);
        value
    }};
    ($expected:expr, $future:expr $(,)?) => {{
        let (value, recording) = $crate::exec::recorder::record($future).await;
        $crate::exec::recorder::check(&$expected, &recording);
        value
    }};
}

/// A number of queries that a test expects: a `usize`, or a range of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of queries",
    label = "expected a number such as `2`, or a range such as `..=3`"
)]
pub trait Expected {
    /// Whether this many are as expected.
    fn allows(&self, queries: usize) -> bool;

    /// The expectation, such as `at most 3 queries`.
    fn describe(&self) -> String;
}

fn queries(count: impl fmt::Display) -> String {
    let count = count.to_string();
    if count.ends_with(" 1") || count == "1" { format!("{count} query") } else { format!("{count} queries") }
}

impl Expected for usize {
    fn allows(&self, queries: usize) -> bool {
        *self == queries
    }

    fn describe(&self) -> String {
        if *self == 0 { "no queries".into() } else { queries(self) }
    }
}

macro_rules! expected_ranges {
    ($($range:ty: |$self:ident| $text:expr;)*) => {$(
        impl Expected for $range {
            fn allows(&self, queries: usize) -> bool {
                self.contains(&queries)
            }

            fn describe(&self) -> String {
                let $self = self;
                queries($text)
            }
        }
    )*};
}

expected_ranges! {
    RangeToInclusive<usize>: |range| format_args!("at most {}", range.end);
    RangeTo<usize>: |range| format_args!("fewer than {}", range.end);
    RangeFrom<usize>: |range| format_args!("at least {}", range.start);
    RangeInclusive<usize>: |range| format_args!("{} to {}", range.start(), range.end());
    Range<usize>: |range| format_args!("at least {} and fewer than {}", range.start, range.end);
}

/// Panics at its caller unless the number of queries is as expected. What [`assert_queries!`](crate::assert_queries) calls.
///
/// # Panics
/// When it is not.
#[track_caller]
pub fn check<E: Expected + ?Sized>(expected: &E, recording: &Recording) {
    let allowed = expected.allows(recording.len());
    assert!(allowed, "{}", Unexpected { expected: expected.describe(), recording });
}

struct Unexpected<'r> {
    expected: String,
    recording: &'r Recording,
}

impl fmt::Display for Unexpected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, but ", self.expected)?;
        match self.recording.len() {
            0 => f.write_str("none was run")?,
            1 => f.write_str("1 was run")?,
            run => write!(f, "{run} were run")?,
        }
        if self.recording.statements.is_empty() {
            return Ok(());
        }
        f.write_str(":\n\n")?;
        self.recording.write_body(f)
    }
}
