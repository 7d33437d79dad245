//! A plan: a tree of steps, each of which feeds the one above it.

use std::time::Duration;

use super::kind::NodeKind;

/// How a database would run a statement, or has run it: see [`QuerySet::explain`](crate::queryset::QuerySet::explain).
///
/// `Display` prints the tree. Databases write the values that a statement compares with into its conditions: a plan may
/// hold them, and whoever prints one shows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub(super) root: PlanNode,
    pub(super) planning_time: Option<Duration>,
    pub(super) execution_time: Option<Duration>,
    pub(super) properties: Vec<(String, String)>,
    pub(super) raw: String,
}

impl Plan {
    /// A plan of one tree; `raw` is filled in by whoever has the text.
    pub(super) fn new(root: PlanNode) -> Self {
        Plan { root, planning_time: None, execution_time: None, properties: Vec::new(), raw: String::new() }
    }

    /// The last step, whose rows are the statement's.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// use orm::explain::NodeKind;
    ///
    /// let plan = Post::objects().order_by(|p| p.views).explain(&db).await?;
    /// assert_eq!(plan.root().kind, NodeKind::Sort);
    /// assert_eq!(plan.root().children[0].kind, NodeKind::SequentialScan);
    /// # Ok(()) }) }
    /// ```
    pub fn root(&self) -> &PlanNode {
        &self.root
    }

    /// All steps, each before those that feed it.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().filter(|p| p.author.username.eq("ann")).explain(&db).await?;
    /// let tables: Vec<_> = plan.nodes().filter_map(|node| node.table.as_deref()).collect();
    /// assert_eq!(tables.len(), 2);
    /// # Ok(()) }) }
    /// ```
    pub fn nodes(&self) -> Nodes<'_> {
        self.root.nodes()
    }

    /// Whether a step reads the index of this name. On SQLite the index of a unique field or constraint has a name of
    /// SQLite's own, such as `sqlite_autoindex_user_1`; and an integer key is the table itself, without an index.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().filter(|p| p.author.id.eq(1)).explain(&db).await?;
    /// assert!(plan.uses_index("post__author_id_idx"));
    /// assert!(!plan.uses_index("post__views_idx"));
    /// # Ok(()) }) }
    /// ```
    pub fn uses_index(&self, name: &str) -> bool {
        self.nodes().any(|node| node.index.as_deref() == Some(name))
    }

    /// Whether a step reads all rows of a table.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// assert!(Post::objects().filter(|p| p.views.gt(50)).explain(&db).await?.has_sequential_scan());
    /// assert!(!Post::objects().pk(1).explain(&db).await?.has_sequential_scan());
    /// # Ok(()) }) }
    /// ```
    pub fn has_sequential_scan(&self) -> bool {
        self.nodes().any(|node| node.kind == NodeKind::SequentialScan)
    }

    /// The steps that read all of a table or of an index; see [`NodeKind::is_full_scan`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().filter(|p| p.title.contains("tea")).explain(&db).await?;
    /// let tables: Vec<_> = plan.full_scans().filter_map(|node| node.table.as_deref()).collect();
    /// assert_eq!(tables, ["post"]);
    /// # Ok(()) }) }
    /// ```
    pub fn full_scans(&self) -> impl Iterator<Item = &PlanNode> {
        self.nodes().filter(|node| node.kind.is_full_scan())
    }

    /// How long the database planned, where it tells.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().explain(&db).await?;
    /// assert_eq!(plan.planning_time(), None); // SQLite does not
    /// # Ok(()) }) }
    /// ```
    pub fn planning_time(&self) -> Option<Duration> {
        self.planning_time
    }

    /// How long the statement ran, where it did and the database tells.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().explain(&db).await?;
    /// assert_eq!(plan.execution_time(), None); // it has not run
    /// # Ok(()) }) }
    /// ```
    pub fn execution_time(&self) -> Option<Duration> {
        self.execution_time
    }

    /// What else the database tells about the plan as a whole, in its words: settings, triggers, the rewritten query.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// assert!(Post::objects().explain(&db).await?.properties().is_empty()); // nothing on SQLite
    /// # Ok(()) }) }
    /// ```
    pub fn properties(&self) -> &[(String, String)] {
        &self.properties
    }

    /// What the database answered: JSON or text. On SQLite its rows, as its shell lists them.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().filter(|p| p.views.gt(50)).explain(&db).await?;
    /// assert!(plan.raw().ends_with("|SCAN post"));
    /// # Ok(()) }) }
    /// ```
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

/// One step of a plan. What a database does not tell is `None`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlanNode {
    /// What it does.
    pub kind: NodeKind,
    /// The database's own name for it.
    pub label: String,
    /// The table that it reads or changes. Some databases tell only its alias.
    pub table: Option<String>,
    /// The name that the table has in the statement, where the database tells both.
    pub alias: Option<String>,
    /// The index that it reads.
    pub index: Option<String>,
    /// What it works on, such as the keys of a sort, or why there are no rows.
    pub detail: Option<String>,
    /// The condition by which rows are found: in an index, or in the hash table of a join.
    pub index_condition: Option<String>,
    /// The condition that is tried on each row that was found.
    pub filter: Option<String>,
    /// Rows that the database expects each time that the step runs. MariaDB, and MySQL before version 9, count what is
    /// read; the others what is left after the filter.
    pub estimated_rows: Option<f64>,
    /// What the database thinks it costs, in the database's unit.
    pub estimated_cost: Option<f64>,
    /// Rows that it gave each time that it ran, on average.
    pub actual_rows: Option<f64>,
    /// How often it ran.
    pub actual_loops: Option<f64>,
    /// How long all its runs took: with the steps that feed it, but on MariaDB without them.
    pub actual_time: Option<Duration>,
    /// What else the database tells, in its words and its order.
    pub properties: Vec<(String, String)>,
    /// The steps that feed it.
    pub children: Vec<PlanNode>,
}

impl PlanNode {
    pub(super) fn new(kind: NodeKind, label: impl Into<String>) -> Self {
        PlanNode {
            kind,
            label: label.into(),
            table: None,
            alias: None,
            index: None,
            detail: None,
            index_condition: None,
            filter: None,
            estimated_rows: None,
            estimated_cost: None,
            actual_rows: None,
            actual_loops: None,
            actual_time: None,
            properties: Vec::new(),
            children: Vec::new(),
        }
    }

    pub(super) fn with(mut self, children: Vec<PlanNode>) -> Self {
        self.children = children;
        self
    }

    /// A kind in the database's own words.
    pub(super) fn other(label: &str) -> Self {
        PlanNode::new(NodeKind::Other(label.to_owned()), label)
    }

    /// This step and all that feed it, each before those that feed it.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().order_by(|p| p.views).explain(&db).await?;
    /// assert_eq!(plan.root().nodes().count(), 2);
    /// # Ok(()) }) }
    /// ```
    pub fn nodes(&self) -> Nodes<'_> {
        Nodes { left: vec![self] }
    }

    /// All rows that it gave, over all its runs.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().explain(&db).await?;
    /// assert_eq!(plan.root().total_rows(), None); // it has not run
    /// # Ok(()) }) }
    /// ```
    pub fn total_rows(&self) -> Option<f64> {
        Some(self.actual_rows? * self.actual_loops?)
    }

    /// One of [`properties`](PlanNode::properties) by its name.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().explain(&db).await?;
    /// assert_eq!(plan.root().property("Sort Method"), None);
    /// # Ok(()) }) }
    /// ```
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The steps of a plan, each before those that feed it.
#[derive(Clone, Debug)]
pub struct Nodes<'p> {
    /// The next one is the last.
    left: Vec<&'p PlanNode>,
}

impl<'p> Iterator for Nodes<'p> {
    type Item = &'p PlanNode;

    fn next(&mut self) -> Option<&'p PlanNode> {
        let node = self.left.pop()?;
        self.left.extend(node.children.iter().rev());
        Some(node)
    }
}
