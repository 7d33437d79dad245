//! Queries that repeat one another.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::panic::Location;
use std::time::Duration;

use super::RecordedStatement;
use super::advice::{advice, name};
use crate::compile::Dialect;

/// Queries with the same text, on the same kind of database, that follow the same relation, if any.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Repetition {
    /// The first of them.
    pub first: RecordedStatement,
    /// How many there are: at least two.
    pub count: usize,
    /// From where in the program they were run, the commonest place first.
    pub sites: Vec<CallSite>,
    /// The rows of all.
    pub rows: u64,
    /// The time of all.
    pub duration: Duration,
    /// What would do the same with fewer queries, in a sentence, where they look like a query for each row of another
    /// query.
    pub advice: Option<String>,
}

/// A place in the program, and how many of the queries were run from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallSite {
    /// File, line and column, where known.
    pub location: Option<&'static Location<'static>>,
    /// How many.
    pub count: usize,
}

impl Repetition {
    pub(super) fn all(statements: &[RecordedStatement]) -> Vec<Self> {
        let mut groups: Vec<(usize, Repetition)> = Vec::new();
        let mut known: HashMap<Shape<'_>, usize> = HashMap::new();
        for (at, statement) in statements.iter().enumerate().filter(|(_, statement)| statement.is_query()) {
            let group = *known.entry(Shape::of(statement)).or_insert(groups.len());
            match groups.get_mut(group) {
                Some((_, group)) => group.add(statement),
                None => groups.push((at, Repetition::of(statement))),
            }
        }
        groups.retain(|(_, group)| group.count > 1);
        groups.sort_by_key(|(_, group)| Reverse(group.count));
        let finished = groups.into_iter().map(|(first, mut group)| {
            group.sites.sort_by_key(|site| Reverse(site.count));
            group.advice = advice(&group, &statements[..first]);
            group
        });
        finished.collect()
    }

    fn of(statement: &RecordedStatement) -> Self {
        Repetition {
            first: statement.clone(),
            count: 1,
            sites: vec![CallSite { location: statement.operation.location, count: 1 }],
            rows: statement.rows.unwrap_or(0),
            duration: statement.duration,
            advice: None,
        }
    }

    fn add(&mut self, statement: &RecordedStatement) {
        self.count += 1;
        self.rows += statement.rows.unwrap_or(0);
        self.duration += statement.duration;
        let location = statement.operation.location;
        match self.sites.iter_mut().find(|site| site.location == location) {
            Some(site) => site.count += 1,
            None => self.sites.push(CallSite { location, count: 1 }),
        }
    }
}

/// What queries of one group have in common.
#[derive(PartialEq, Eq, Hash)]
struct Shape<'s> {
    dialect: Dialect,
    sql: &'s str,
    /// Two relations to one model ask for the same, but are loaded by different calls.
    relation: Option<String>,
}

impl<'s> Shape<'s> {
    fn of(statement: &'s RecordedStatement) -> Self {
        Shape {
            dialect: statement.dialect,
            sql: &statement.sql,
            relation: statement.operation.relation.map(name),
        }
    }
}
