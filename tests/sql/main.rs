//! What querysets and models become on each database, side by side; no database is needed.

mod bulk;
mod dates;
mod distinct;
mod explain;
mod filter;
mod functions_text;
mod generated;
mod groups;
mod joins;
mod json;
mod kept;
mod limits;
mod locks;
mod lookups;
mod numbers;
mod order;
mod projection_relations;
mod raw;
mod relations;
mod returning;
mod schema;
mod shapes;
mod slice;
mod soft_delete;
mod validation;
mod version;
mod writes;

use orm::Model as _;
use orm::prelude::*;
use orm::queryset::Shape;
use orm::schema::ModelMeta;

/// The models that the texts are about.
#[derive(Model, Debug, Clone)]
#[model(table = "user")]
struct User {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 150, unique)]
    username: String,
    email: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(ordering = [-id], index(author, -views), check(name = "views_positive", |row| row.views.ge(0)))]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<User>,
    #[field(on_delete = set_null)]
    editor: Option<ForeignKey<User>>,
    #[field(max_length = 200)]
    title: String,
    #[field(db_default = 0)]
    views: i64,
    stars: Option<i32>,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    published: bool,
}

/// The text of one query on each database.
#[track_caller]
fn texts<M: orm::Model, S: Shape<Model = M>>(query: &QuerySet<M, S>, expected: &Expected) {
    for (dialect, text) in expected.each() {
        // From the third time on it may be one that is kept.
        for _ in 0..3 {
            let sql = query.clone().sql(dialect).expect("a text");
            assert_eq!(sql, text, "{}", dialect.name());
        }
    }
}

/// As [`texts`], of what stands behind WHERE in a query of posts.
#[track_caller]
fn conditions(query: &QuerySet<Post>, expected: &Expected) {
    for (dialect, text) in expected.each() {
        let sql = query.clone().order_by(|_| Vec::new()).sql(dialect).expect("a text");
        let (_, condition) = sql.split_once(" WHERE ").expect("a condition");
        assert_eq!(condition, text, "{}", dialect.name());
    }
}

/// One text for each database.
struct Expected {
    postgres: &'static str,
    mysql: &'static str,
    mariadb: &'static str,
    sqlite: &'static str,
}

impl Expected {
    fn each(&self) -> [(Dialect, &'static str); 4] {
        [
            (Dialect::Postgres, self.postgres),
            (Dialect::MySql, self.mysql),
            (Dialect::MariaDb, self.mariadb),
            (Dialect::Sqlite, self.sqlite),
        ]
    }
}

#[test]
fn every_dialect_is_looked_at() {
    let expected = Expected { postgres: "", mysql: "", mariadb: "", sqlite: "" };
    assert_eq!(expected.each().map(|(dialect, _)| dialect), Dialect::ALL);
    let metas: [&ModelMeta; 2] = [User::META, Post::META];
    assert_eq!(metas.map(|meta| meta.table), ["user", "post"]);
}
