//! What a step of a plan does, in the same words for every database.

use std::fmt;

/// What a node of a plan does. Each database has its own names, which stay in [`PlanNode::label`](super::PlanNode::label).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NodeKind {
    /// Reads all rows of a table.
    SequentialScan,
    /// Reads all of an index, in its order or because it is smaller than its table.
    FullIndexScan,
    /// Finds rows by an index.
    IndexScan,
    /// Finds rows by an index that has all columns that are needed, so that the table is not read.
    IndexOnlyScan,
    /// Finds at most one row by a primary key or a unique index (PostgreSQL does not tell it from an index scan).
    KeyLookup,
    /// Notes by an index which rows, or parts of the table, are to be read.
    BitmapIndexScan,
    /// Rows that all of several bitmaps have.
    BitmapAnd,
    /// Rows that any of several bitmaps has.
    BitmapOr,
    /// Reads the rows that bitmaps have noted, in the table's order.
    BitmapHeapScan,
    /// Finds rows by several indexes at once.
    IndexMerge,
    /// Reads a whole table to build an index for this statement alone, for lack of one that lasts.
    AutomaticIndex,
    /// Reads the rows of a subquery, a common table expression or a temporary table.
    SubqueryScan,
    /// Reads the rows of a function.
    FunctionScan,
    /// Needs no table: constants, no row at all, or a row that was read while planning.
    Constant,
    /// For each row of the first input, the matching rows of the next.
    NestedLoopJoin,
    /// Matches rows by a hash table of one input.
    HashJoin,
    /// Matches rows of two inputs in the same order.
    MergeJoin,
    /// Makes the hash table of a join.
    Hash,
    /// Sorts.
    Sort,
    /// Groups, or computes aggregates.
    Aggregate,
    /// Computes window functions.
    WindowAggregate,
    /// Drops duplicates.
    Distinct,
    /// Stops after some rows, or skips some.
    Limit,
    /// Keeps the rows for which a condition holds.
    Filter,
    /// Keeps rows to read them again.
    Materialize,
    /// One input after the other.
    Append,
    /// UNION, INTERSECT or EXCEPT.
    SetOperation,
    /// A common table expression that refers to itself.
    RecursiveUnion,
    /// A query within the query.
    Subquery,
    /// Collects the rows of parallel workers.
    Gather,
    /// Locks rows.
    Lock,
    /// Inserts, updates or deletes.
    Modify,
    /// Anything else, in the database's words.
    Other(String),
}

impl NodeKind {
    /// Its name in a printed plan.
    ///
    /// ```
    /// # use orm::explain::NodeKind;
    /// assert_eq!(NodeKind::IndexOnlyScan.name(), "index only scan");
    /// ```
    pub fn name(&self) -> &str {
        match self {
            NodeKind::SequentialScan => "sequential scan",
            NodeKind::FullIndexScan => "full index scan",
            NodeKind::IndexScan => "index scan",
            NodeKind::IndexOnlyScan => "index only scan",
            NodeKind::KeyLookup => "key lookup",
            NodeKind::BitmapIndexScan => "bitmap index scan",
            NodeKind::BitmapAnd => "bitmap and",
            NodeKind::BitmapOr => "bitmap or",
            NodeKind::BitmapHeapScan => "bitmap heap scan",
            NodeKind::IndexMerge => "index merge",
            NodeKind::AutomaticIndex => "automatic index",
            NodeKind::SubqueryScan => "subquery scan",
            NodeKind::FunctionScan => "function scan",
            NodeKind::Constant => "constant",
            NodeKind::NestedLoopJoin => "nested loop join",
            NodeKind::HashJoin => "hash join",
            NodeKind::MergeJoin => "merge join",
            NodeKind::Hash => "hash",
            NodeKind::Sort => "sort",
            NodeKind::Aggregate => "aggregate",
            NodeKind::WindowAggregate => "window aggregate",
            NodeKind::Distinct => "distinct",
            NodeKind::Limit => "limit",
            NodeKind::Filter => "filter",
            NodeKind::Materialize => "materialize",
            NodeKind::Append => "append",
            NodeKind::SetOperation => "set operation",
            NodeKind::RecursiveUnion => "recursive union",
            NodeKind::Subquery => "subquery",
            NodeKind::Gather => "gather",
            NodeKind::Lock => "lock",
            NodeKind::Modify => "modify",
            NodeKind::Other(name) => name,
        }
    }

    /// True where everything is read: a table, an index, or a table to build an index for this statement.
    ///
    /// ```
    /// # use orm::explain::NodeKind;
    /// assert!(NodeKind::SequentialScan.is_full_scan());
    /// assert!(!NodeKind::IndexScan.is_full_scan());
    /// ```
    pub fn is_full_scan(&self) -> bool {
        matches!(self, NodeKind::SequentialScan | NodeKind::FullIndexScan | NodeKind::AutomaticIndex)
    }

    /// True for a join of any algorithm.
    ///
    /// ```
    /// # use orm::explain::NodeKind;
    /// assert!(NodeKind::HashJoin.is_join());
    /// assert!(!NodeKind::Hash.is_join());
    /// ```
    pub fn is_join(&self) -> bool {
        matches!(self, NodeKind::NestedLoopJoin | NodeKind::HashJoin | NodeKind::MergeJoin)
    }
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
