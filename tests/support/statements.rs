//! Which statements a piece of code sends, told by orm's recorder.

/// Runs code; gives its value and the texts of the statements that it sent.
pub async fn statements<T>(code: impl Future<Output = T>) -> (T, Vec<String>) {
    let (value, recording) = orm::recorder::record(code).await;
    (value, recording.queries().map(|query| query.sql.to_string()).collect())
}

/// Runs code that is to send so many statements.
pub async fn in_statements<T>(count: usize, code: impl Future<Output = T>) -> T {
    orm::assert_queries!(count, code)
}
