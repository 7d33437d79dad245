//! What a database can do.

/// What a database can do. A difference in spelling is not here but a hook of the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
    /// INSERT … RETURNING. Read by `create`, which otherwise reads the row by its key.
    pub insert_returning: bool,
    /// The keys that a statement of several rows counts are in one piece, of which it tells the first. Read by `keys()`, which
    /// otherwise has them given back.
    pub counted_in_one_piece: bool,
    /// UPDATE … RETURNING. Read by `update_returning`, which otherwise locks the rows, changes them and reads them.
    pub update_returning: bool,
    /// DELETE … RETURNING. Read by `delete_returning`, which otherwise locks the rows, reads them and deletes them.
    pub delete_returning: bool,
    /// ORDER BY and LIMIT behind an UPDATE or DELETE. Read by them, which otherwise find a slice in a subquery.
    pub limited_writes: bool,
    /// An INSERT can say which unique constraint's conflicts it means. Read by `on_conflict`, which otherwise wants a model
    /// with no other.
    pub conflict_target: bool,
    /// Assignments of one UPDATE see the row as it was before. Read by `update`, which otherwise sorts them.
    pub simultaneous_assignment: bool,
    /// Foreign keys can be added to a table that exists. Read by `create_tables`, which otherwise writes them inline.
    pub add_foreign_key: bool,
    /// Through how many levels of foreign keys a deletion goes by itself. Read by `delete`, which otherwise collects rows.
    pub cascade_levels: usize,
    /// ON DELETE SET DEFAULT. Read by `delete`, which otherwise sets the default itself.
    pub set_default: bool,
    /// An UPDATE or DELETE may read its own table in a subquery. Read by them; otherwise a derived table hides it.
    pub subquery_on_target: bool,
    /// `SELECT DISTINCT ON`. Read by lowering, which otherwise numbers the rows of each kind.
    pub distinct_on: bool,
    /// `FILTER (WHERE …)` behind an aggregate. Read where aggregates are written; otherwise CASE stands in the argument.
    pub aggregate_filter: bool,
    /// GREATEST and LEAST leave NULLs out. Read by them, which are NULL when one of their arguments is.
    pub extremes_skip_null: bool,
    /// `=` and IN compare JSON documents. Read by lists of them, which are otherwise a chain of comparisons.
    pub json_in: bool,
    /// Statements can be sent before the last one is answered. Read by prefetches that do not depend on each other, which
    /// otherwise wait for connections of their own, or in a transaction for each other.
    pub pipelining: bool,
    /// Several values can be one parameter, an array. Read by lists, `in_bulk` and bulk writes, whose texts then do not
    /// depend on how many values there are.
    pub array_params: bool,
    /// The driver runs one statement for many rows, one after another and all or none, in one call. Read by bulk writes, whose
    /// statements are then about one row each.
    pub one_by_one: bool,
    /// The new values of an UPDATE of many rows are one parameter, whatever their number. Read by `bulk_update`.
    pub new_values_as_one: bool,
    /// From how many rows on an INSERT that gives nothing back is worth a statement that the rows follow (COPY). Read by bulk
    /// writes.
    pub rows_to_copy: usize,
    /// Most parameters of a statement. Long lists are one parameter.
    pub max_params: usize,
    /// Most rows that one statement of a bulk call is worth. Read by bulk writes.
    pub rows_at_once: usize,
    /// About how many bytes of values a statement of a bulk call may have; a single row may have more. Read by bulk writes.
    pub bytes_at_once: usize,
    /// Generated columns that are calculated when they are read. Read by `create_tables`.
    pub virtual_columns: bool,
    /// Generated columns may be NOT NULL. Read by `create_tables`.
    pub computed_not_null: bool,
    /// Indexes of the rows that meet a condition. Read by `create_tables`, for unique constraints with one.
    pub partial_indexes: bool,
    /// Longest chain of AND or OR without parentheses.
    pub max_chain: usize,
    /// DDL is part of a transaction.
    pub transactional_ddl: bool,
    /// `EXPLAIN` can run the statement and measure it. Read by `explain_with`.
    pub explain_analyze: bool,
    /// `EXPLAIN` can tell columns, blocks and settings. Read by `explain_with`.
    pub explain_details: bool,
    /// Locks on names. Read by `advisory_lock`.
    pub advisory_locks: bool,
    /// `FOR UPDATE OF` some tables. Read by locks on rows.
    pub lock_of: bool,
    /// Transactions can be deferrable. Read by those of tests, which are savepoints that pass for transactions.
    pub deferrable: bool,
    /// A new database can be a copy of another. Read by tests' databases, which otherwise get their tables one by one.
    pub database_templates: bool,
}
