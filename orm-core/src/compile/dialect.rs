//! The databases whose SQL is known, and the hooks where their spelling differs.

use super::Capability;
use super::aggregate::Over;
use super::dialects::{MARIADB, MYSQL, POSTGRES, SQLITE};
use super::explain::{ExplainOptions, PlanFormat};
use super::test_database::TestServer;
use super::update_each::NewValues;
use super::writer::SqlWriter;
use crate::ast::{
    Aggregate, Arithmetic, Cast, DateFunction, Expr, FunctionCall, InList, InTuples, JsonFunction,
    LockStrength, MathFunction, OnConflict, OrderBy, Regex, Select, TextFunction, TextMatch, Window,
};
use crate::error::{Result, ValueError};
use crate::schema::{DbDefault, FieldMeta, ModelMeta};
use crate::value::{Value, ValueKind, ValueRef};

/// A database's SQL. All are always compiled: the text for any of them can be shown anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL 14 or later.
    Postgres,
    /// MySQL 8.0.19 or later.
    MySql,
    /// MariaDB 10.7 or later.
    MariaDb,
    /// SQLite 3.39 or later.
    Sqlite,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 4] = [Dialect::Postgres, Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite];

    /// The database's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Postgres => "PostgreSQL",
            Dialect::MySql => "MySQL",
            Dialect::MariaDb => "MariaDB",
            Dialect::Sqlite => "SQLite",
        }
    }

    /// What OpenTelemetry's conventions call the database: `db.system.name`.
    pub fn system_name(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgresql",
            Dialect::MySql => "mysql",
            Dialect::MariaDb => "mariadb",
            Dialect::Sqlite => "sqlite",
        }
    }

    /// What the database can do.
    pub fn capability(self) -> Capability {
        self.spelling().capability()
    }

    /// What makes a column count on from its greatest value, where rows with values of their own do not do that.
    pub(crate) fn count_on(self, table: &str, column: &str) -> Option<String> {
        self.spelling().count_on(table, column)
    }

    /// A query for the names of the tables and views among which new tables are created.
    pub(crate) fn tables(self) -> &'static str {
        self.spelling().tables()
    }

    /// What stands behind a SELECT that has to see more than the transaction's snapshot.
    pub(crate) fn reading(self, reading: Reading) -> &'static str {
        self.spelling().reading(reading)
    }

    pub(crate) fn spelling(self) -> &'static dyn Spelling {
        match self {
            Dialect::Postgres => &POSTGRES,
            Dialect::MySql => &MYSQL,
            Dialect::MariaDb => &MARIADB,
            Dialect::Sqlite => &SQLITE,
        }
    }
}

/// How rows are read that a plain SELECT may not see: where it reads as of the beginning of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As they are now.
    Latest,
    /// As they are now, because they are about to be changed.
    ToChange,
}

/// How a database spells what varies: one hook for each thing. `dialects/` holds the only files that know a name.
pub(crate) trait Spelling: Send + Sync {
    /// Whose spelling it is.
    fn dialect(&self) -> Dialect;

    /// What it can do.
    fn capability(&self) -> Capability;

    /// The character that quotes a name.
    fn quote(&self) -> char {
        '"'
    }

    /// The placeholder of parameter `number`, counted from 1.
    fn write_placeholder(&self, out: &mut String, number: usize);

    /// What stands around a parameter of this kind in an expression, so that the server computes in the right type.
    fn cast_in_expression(&self, _kind: ValueKind) -> Option<(&'static str, &'static str)> {
        None
    }

    /// What stands around a parameter of this kind where nothing beside it tells the server its type.
    fn cast_alone(&self, kind: ValueKind) -> Option<(&'static str, &'static str)> {
        self.cast_in_expression(kind)
    }

    /// As [`Spelling::cast_alone`], for an array of values of this kind.
    fn cast_array(&self, _kind: ValueKind) -> Option<(&'static str, &'static str)> {
        None
    }

    /// What follows a computed value of this kind.
    fn after_computed(&self, _kind: ValueKind) -> &'static str {
        ""
    }

    /// Can the value be bound without a change?
    ///
    /// # Errors
    /// Why not.
    fn check_value(&self, value: ValueRef<'_>) -> Result<(), ValueError>;

    /// The first of these texts that [`Spelling::check_value`] refuses. Most databases take all, and need not look at them.
    fn first_refused_text(&self, _texts: &[String]) -> Option<usize> {
        None
    }

    /// A text search.
    fn write_text_match(&self, w: &mut SqlWriter, search: &TextMatch) -> Result<()>;

    /// A regular expression.
    fn write_regex(&self, w: &mut SqlWriter, regex: &Regex) -> Result<()>;

    /// A function of text.
    ///
    /// # Errors
    /// What the database lacks.
    fn write_text_function(&self, w: &mut SqlWriter, function: TextFunction, args: &[Expr]) -> Result<()>;

    /// A position or length in text that is computed, and never less than `least`.
    fn write_length(&self, w: &mut SqlWriter, expr: &Expr, least: i32) -> Result<()>;

    /// Exclusive or of two conditions.
    fn write_xor(&self, w: &mut SqlWriter, pair: &[Expr; 2]) -> Result<()> {
        w.push("(");
        w.expr(&pair[0])?;
        w.push(") <> (");
        w.expr(&pair[1])?;
        w.push(")");
        Ok(())
    }

    /// Arithmetic.
    fn write_arithmetic(&self, w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()>;

    /// A function of dates and times, that ends where it ends.
    fn write_date_function(
        &self,
        w: &mut SqlWriter,
        function: DateFunction,
        call: &FunctionCall,
    ) -> Result<()>;

    /// A number with the opposite sign.
    fn write_negate(&self, w: &mut SqlWriter, expr: &Expr) -> Result<()>;

    /// A function of JSON documents.
    fn write_json(&self, w: &mut SqlWriter, function: JsonFunction, args: &[Expr]) -> Result<()>;

    /// Equality of two JSON documents, whatever the order of keys and the spelling of numbers.
    fn write_json_equal(&self, w: &mut SqlWriter, left: &Expr, right: &Expr) -> Result<()>;

    /// Can it say whether a JSON document is among the rows of a subquery?
    ///
    /// # Errors
    /// The database cannot.
    fn check_json_in_subquery(&self) -> Result<()>;

    /// An expression in a selection.
    fn write_selected(&self, w: &mut SqlWriter, expr: &Expr) -> Result<()> {
        w.expr(expr)
    }

    /// A value as another type.
    fn write_cast(&self, w: &mut SqlWriter, cast: &Cast) -> Result<()>;

    /// A function of mathematics.
    fn write_math(&self, w: &mut SqlWriter, function: MathFunction, call: &FunctionCall) -> Result<()>;

    /// A number in double precision.
    fn write_double(&self, w: &mut SqlWriter, number: &Expr) -> Result<()>;

    /// The name of the function that gives the greatest or the least of its arguments.
    fn extreme_name(&self, greatest: bool) -> &'static str {
        if greatest { "GREATEST" } else { "LEAST" }
    }

    /// An aggregate, and behind it what makes it one over a window.
    fn write_aggregate(&self, w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()>;

    /// Can the window be computed?
    ///
    /// # Errors
    /// What the database lacks.
    fn check_window(&self, _window: &Window) -> Result<()> {
        Ok(())
    }

    /// Membership in the values of a list, behind what is looked for.
    fn write_list(&self, w: &mut SqlWriter, list: &InList) -> Result<()>;

    /// What stands between the parentheses of `(…) IN ()`: rows of values.
    fn write_tuples(&self, w: &mut SqlWriter, list: &InTuples) -> Result<()> {
        super::list::write_rows(w, list)
    }

    /// The SELECT behind IN.
    fn write_list_subquery(&self, w: &mut SqlWriter, select: &Select) -> Result<()> {
        super::select::write_select(w, select)
    }

    /// What stands between the parentheses of `IN ()` for a list without values of this kind: a query without rows, in
    /// which nothing is, and outside of which everything is.
    fn write_empty_list(&self, w: &mut SqlWriter, _kind: ValueKind) {
        w.push("SELECT NULL WHERE 1 = 0");
    }

    /// An expression that is assigned to a column.
    fn write_assigned(&self, w: &mut SqlWriter, expr: &Expr, _field: &'static FieldMeta) -> Result<()> {
        w.expr(expr)
    }

    /// A term of an order. `nullable`: whether the key can be NULL.
    fn write_order(&self, w: &mut SqlWriter, key: &Expr, term: &OrderBy, nullable: bool) -> Result<()>;

    /// A random order.
    fn write_random(&self, w: &mut SqlWriter) {
        w.push("RANDOM()");
    }

    /// LIMIT and OFFSET.
    fn write_limit(&self, w: &mut SqlWriter, limit: Option<u64>, offset: Option<u64>);

    /// What an INSERT does with a row whose unique values are taken.
    fn write_on_conflict(
        &self,
        w: &mut SqlWriter,
        model: &'static ModelMeta,
        conflict: &OnConflict,
    ) -> Result<()> {
        super::conflict::write_standard(w, model, conflict)
    }

    /// A query for the names of the tables and views among which new tables are created.
    fn tables(&self) -> &'static str;

    /// Whether the name of a table that is there is this one.
    fn is_table(&self, existing: &str, name: &str) -> bool {
        existing == name
    }

    /// What stands behind a SELECT that has to see more than the transaction's snapshot, where there is something to say.
    fn reading(&self, _reading: Reading) -> &'static str {
        ""
    }

    /// An UPDATE of rows that get values of their own, up to what of the rows is changed.
    fn write_update_each(&self, w: &mut SqlWriter, update: NewValues) -> Result<()>;

    /// A question for the step in which keys are counted, where a new row's key is only told of the first of several rows.
    fn counting_step(&self) -> Option<&'static str> {
        None
    }
    /// What locks the rows of a SELECT; none where a transaction that may write is the only one that does.
    ///
    /// # Errors
    /// The database has no such lock.
    fn lock_words(&self, strength: LockStrength) -> Result<Option<&'static str>>;

    /// An INSERT without any column.
    fn write_default_row(&self, w: &mut SqlWriter) {
        w.push(" DEFAULT VALUES");
    }

    /// What stands before a statement whose plan is wanted. Only options that the capability names are set.
    fn write_explain(&self, out: &mut String, options: ExplainOptions) -> PlanFormat;

    /// A column's type.
    fn write_type(&self, out: &mut String, field: &FieldMeta);

    /// What makes a column count by itself, behind its type.
    fn write_identity(&self, out: &mut String);

    /// Whether the identity column carries PRIMARY KEY itself.
    fn identity_is_primary_key(&self) -> bool {
        false
    }

    /// A column's default.
    fn write_default(&self, out: &mut String, kind: ValueKind, default: DbDefault);

    /// A check that the column's type needs to hold only the field's values.
    fn write_type_check(&self, _out: &mut String, _field: &FieldMeta, _quoted: &str) {}

    /// What follows a table's closing parenthesis.
    fn table_suffix(&self) -> &'static str {
        ""
    }

    /// Changes the statements that drop tables one by one so that they also drop tables that point at each other.
    fn drop_cycle(&self, _tables: &[&str], _statements: &mut Vec<String>) {}

    /// What makes a column count on from its greatest value, where rows with values of their own do not do that.
    fn count_on(&self, _table: &str, _column: &str) -> Option<String> {
        None
    }

    /// What databases of tests need of a server; none where there is no server.
    fn test_server(&self) -> Option<&dyn TestServer> {
        None
    }

    /// A value as a literal, for DDL only.
    fn write_literal(&self, out: &mut String, value: &Value) -> Result<()>;
}
