//! The guide's chapters, so that `cargo test` compiles and runs their examples.

macro_rules! chapters {
    ($($name:ident)*) => {$(
        #[doc = include_str!(concat!("../docs/guide/src/", stringify!($name), ".md"))]
        mod $name {}
    )*};
}

chapters! {
    introduction
    start
    models
    queries
    expressions
    text
    dates
    numbers
    json
    aggregates
    subqueries
    relations
    writing
    validation
    bulk
    deleting
    hooks
    windows
    combining
    shapes
    raw_sql
    dynamic
    transactions
    errors
    pools
    async_pitfalls
    deploying
    explain
    detecting
    seeing
    testing
    differences
    django
    from_seaorm_diesel_sqlx
}
