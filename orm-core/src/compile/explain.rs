//! EXPLAIN: a statement that asks for another statement's plan.

use super::sql::{Access, CompiledSql};
use super::{Capability, Dialect};
use crate::error::{Error, Result};

/// What a plan is to tell beside the database's estimates.
///
/// What a database lacks is refused before anything is sent: SQLite has none of these, MySQL and MariaDB have
/// [`analyze`](ExplainOptions::analyze).
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let measured = ExplainOptions::new().analyze(true).buffers(true);
/// let refused = Post::objects().explain_with(&db, measured).await.unwrap_err();
/// assert_eq!(refused.to_string(), "SQLite does not support `analyze` in `explain`");
/// # Ok(()) }) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ExplainOptions {
    pub(crate) analyze: bool,
    pub(crate) verbose: bool,
    pub(crate) buffers: bool,
    pub(crate) settings: bool,
}

impl ExplainOptions {
    /// Estimates only.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// assert_eq!(ExplainOptions::new(), ExplainOptions::default());
    /// ```
    pub const fn new() -> Self {
        ExplainOptions { analyze: false, verbose: false, buffers: false, settings: false }
    }

    /// **Runs the statement** and tells how many rows each step really gave and how long it took. Rows are thrown away,
    /// but what a statement changes is changed, and a slow query takes its time.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let options = ExplainOptions::new().analyze(db.dialect().capability().explain_analyze);
    /// let plan = Post::objects().explain_with(&db, options).await?;
    /// assert_eq!(plan.root().actual_rows, None); // SQLite cannot
    /// # Ok(()) }) }
    /// ```
    pub const fn analyze(mut self, analyze: bool) -> Self {
        self.analyze = analyze;
        self
    }

    /// Which columns each step gives, and names with their schema. They are among the nodes' properties.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// assert_ne!(ExplainOptions::new().verbose(true), ExplainOptions::new());
    /// ```
    pub const fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    /// How many blocks each step reads and writes, from memory and from disk. They are among the nodes' properties.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// assert_ne!(ExplainOptions::new().buffers(true), ExplainOptions::new());
    /// ```
    pub const fn buffers(mut self, buffers: bool) -> Self {
        self.buffers = buffers;
        self
    }

    /// Which of the server's settings that matter to plans are not at their default. They are among the plan's
    /// properties.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// assert_ne!(ExplainOptions::new().settings(true), ExplainOptions::new());
    /// ```
    pub const fn settings(mut self, settings: bool) -> Self {
        self.settings = settings;
        self
    }

    /// Refuses what the database lacks.
    fn check(self, capability: Capability, database: &'static str) -> Result<()> {
        let details = capability.explain_details;
        let wanted = [
            (self.analyze, capability.explain_analyze, "`analyze` in `explain`"),
            (self.verbose, details, "`verbose` in `explain`"),
            (self.buffers, details, "`buffers` in `explain`"),
            (self.settings, details, "`settings` in `explain`"),
        ];
        match wanted.into_iter().find(|(wanted, can, _)| *wanted && !can) {
            Some((_, _, feature)) => Err(Error::unsupported(feature, database)),
            None => Ok(()),
        }
    }
}

/// How a database writes its plans down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanFormat {
    /// JSON: an array whose only element has the plan's root, nodes have `Node Type` and `Plans`.
    TypedNodes,
    /// JSON: nested steps named by their keys, such as `query_block` and `filesort`; or, from later versions of the
    /// same servers, nodes with `operation` and `inputs`.
    Blocks,
    /// The same, with texts between quotes that are not escaped.
    UnescapedBlocks,
    /// Text: each node on a line behind `->`, indented below the node that it feeds.
    Arrows,
    /// Rows of a node's number, its parent's, nothing, and a sentence.
    Sentences,
}

impl CompiledSql {
    /// The statement that asks for this one's plan. It only reads, unless the statement is run and writes.
    ///
    /// ```
    /// use orm::compile::{Access, CompiledSql, Operation};
    /// use orm::prelude::*;
    ///
    /// # fn main() -> orm::Result<()> {
    /// let sql = CompiledSql::new("DELETE FROM post", vec![], Access::Write, Operation::new("Post", "delete"));
    /// let explained = sql.explained(Dialect::Sqlite, ExplainOptions::new())?;
    /// assert_eq!(explained.sql, "EXPLAIN QUERY PLAN DELETE FROM post");
    /// assert_eq!(explained.access, Access::Read);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The database lacks an option.
    pub fn explained(self, dialect: Dialect, options: ExplainOptions) -> Result<CompiledSql> {
        self.explained_in_format(dialect, options).map(|(sql, _)| sql)
    }

    /// As [`explained`](CompiledSql::explained), with what the answer will look like.
    pub(crate) fn explained_in_format(
        mut self,
        dialect: Dialect,
        options: ExplainOptions,
    ) -> Result<(CompiledSql, PlanFormat)> {
        let spelling = dialect.spelling();
        options.check(spelling.capability(), dialect.name())?;
        let mut sql = String::with_capacity(self.sql.len() + 64);
        let format = spelling.write_explain(&mut sql, options);
        sql.push_str(&self.sql);
        self.sql = sql.into();
        if !options.analyze {
            // Nothing runs, so also the plan of a statement that writes only reads.
            self.access = Access::Read;
        }
        Ok((self, format))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::Operation;
    use crate::value::Value;

    fn statement(access: Access) -> CompiledSql {
        CompiledSql::new("…", vec![Value::I32(7)], access, Operation::new("Post", "explain"))
    }

    fn text(dialect: Dialect, options: ExplainOptions) -> Result<String, String> {
        let explained = statement(Access::Read).explained(dialect, options);
        explained.map(|sql| sql.sql.into()).map_err(|error| error.to_string())
    }

    #[test]
    fn each_database_has_its_prefix() {
        let texts = Dialect::ALL.map(|dialect| text(dialect, ExplainOptions::new()));
        assert_eq!(
            texts.map(Result::unwrap),
            [
                "EXPLAIN (FORMAT JSON) …",
                "EXPLAIN FORMAT=JSON …",
                "EXPLAIN FORMAT=JSON …",
                "EXPLAIN QUERY PLAN …"
            ]
        );
        let texts = Dialect::ALL.map(|dialect| text(dialect, ExplainOptions::new().analyze(true)));
        assert_eq!(
            texts,
            [
                Ok("EXPLAIN (FORMAT JSON, ANALYZE) …".to_owned()),
                Ok("EXPLAIN ANALYZE FORMAT=TREE …".to_owned()),
                Ok("ANALYZE FORMAT=JSON …".to_owned()),
                Err("SQLite does not support `analyze` in `explain`".to_owned()),
            ]
        );
    }

    #[test]
    fn every_option_is_written_or_refused() {
        type Set = fn(ExplainOptions, bool) -> ExplainOptions;
        let options: [(Set, &str, [bool; 4]); 4] = [
            (ExplainOptions::analyze, "analyze", [true, true, true, false]),
            (ExplainOptions::verbose, "verbose", [true, false, false, false]),
            (ExplainOptions::buffers, "buffers", [true, false, false, false]),
            (ExplainOptions::settings, "settings", [true, false, false, false]),
        ];
        for (set, name, can) in options {
            for (dialect, can) in Dialect::ALL.into_iter().zip(can) {
                let options = set(ExplainOptions::new(), true);
                match text(dialect, options) {
                    Ok(sql) => assert!(can && sql.contains(&name.to_uppercase()), "{sql}"),
                    Err(error) => {
                        assert!(!can);
                        assert_eq!(
                            error,
                            format!("{} does not support `{name}` in `explain`", dialect.name())
                        );
                    }
                }
                assert_eq!(set(options, false), ExplainOptions::new());
            }
        }
        let all = ExplainOptions::new().analyze(true).verbose(true).buffers(true).settings(true);
        assert_eq!(
            text(Dialect::Postgres, all).unwrap(),
            "EXPLAIN (FORMAT JSON, ANALYZE, VERBOSE, BUFFERS, SETTINGS) …"
        );
    }

    #[test]
    fn only_a_statement_that_runs_can_write() {
        let access = |access, analyze| {
            let options = ExplainOptions::new().analyze(analyze);
            let sql = statement(access).explained(Dialect::Postgres, options).unwrap();
            assert_eq!(sql.params.len(), 1);
            sql.access
        };
        assert_eq!(access(Access::Write, false), Access::Read);
        assert_eq!(access(Access::Write, true), Access::Write);
        assert_eq!(access(Access::Read, true), Access::Read);
    }
}
