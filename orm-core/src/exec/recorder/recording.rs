//! What a recorder has recorded.

use std::time::Duration;

use super::{RecordedStatement, Repetition};

/// The statements that a future ran, in the order in which they began.
///
/// Shown with `{}` it is a list for people; it serializes for tools.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub(super) statements: Vec<RecordedStatement>,
}

impl Recording {
    /// How many queries there are: statements without BEGIN, COMMIT, SAVEPOINT and their kin.
    pub fn len(&self) -> usize {
        self.queries().count()
    }

    /// Whether there is no query.
    pub fn is_empty(&self) -> bool {
        self.queries().next().is_none()
    }

    /// All statements, also those that are not counted.
    pub fn statements(&self) -> &[RecordedStatement] {
        &self.statements
    }

    /// The statements that are counted.
    pub fn queries(&self) -> impl Iterator<Item = &RecordedStatement> {
        self.statements.iter().filter(|statement| statement.is_query())
    }

    /// How long all statements took together. Where several ran at once that is more than passed on the clock.
    pub fn duration(&self) -> Duration {
        self.statements.iter().map(|statement| statement.duration).sum()
    }

    /// Queries of the same shape that ran more than once, those that ran most often first.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let (_, recording) = orm::recorder::record(async {
    ///     for user in User::objects().all(&db).await? {
    ///         Post::objects().filter(|p| p.author.eq(&user)).count(&db).await?;
    ///     }
    ///     Ok::<_, orm::Error>(())
    /// })
    /// .await;
    /// let repeated = recording.repeated();
    /// assert_eq!((repeated[0].count, repeated[0].first.operation.to_string()), (2, "Post.count".to_owned()));
    /// assert!(repeated[0].advice.as_ref().unwrap().ends_with("count all at once: `.values(|p| (p.author, count_rows()))`"));
    /// # Ok(()) }) }
    /// ```
    pub fn repeated(&self) -> Vec<Repetition> {
        Repetition::all(&self.statements)
    }
}
