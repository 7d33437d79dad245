//! `author.username` to a field and the relations that lead to it.

use crate::ast::{Expr, FieldRef, Node};
use crate::error::{Error, NameError, Result};
use crate::schema::{FieldMeta, ModelMeta, PathNode};

/// Most relations in a path.
const MOST_STEPS: usize = 8;

/// Most paths that are kept. A schema of usual size has fewer of eight steps that make sense, and each takes a few dozen
/// bytes.
const MOST_PATHS: usize = 50_000;

/// The longest name that an error repeats.
const LONGEST_NAME: usize = 64;

pub(super) fn node(reference: FieldRef) -> Node {
    Node::leaf(Expr::Field(reference))
}

/// The field at the end of a path that begins at `root`.
///
/// # Errors
/// A step is no field of its model, or leads nowhere.
pub(super) fn find(root: &'static ModelMeta, path: &str) -> Result<FieldRef> {
    let (mut model, mut at) = (root, None);
    let mut steps = path.split('.').peekable();
    let mut count = 0;
    while let Some(step) = steps.next() {
        let field = field(model, step)?;
        if steps.peek().is_none() {
            return Ok(FieldRef { path: at, field });
        }
        let Some(relation) = field.relation else {
            return Err(wrong_name(model.name, step, " that leads to another model".to_owned()));
        };
        count += 1;
        if count > MOST_STEPS {
            return Err(Error::InvalidQuery(format!("a path has more than {MOST_STEPS} relations").into()));
        }
        at = Some(interned(at, relation)?);
        model = (relation.to)();
    }
    // Splitting gives at least one step, if only an empty one.
    Err(unknown(root, path))
}

fn field(model: &'static ModelMeta, name: &str) -> Result<&'static FieldMeta> {
    match (name, model.primary_key) {
        ("pk", [key]) if model.field("pk").is_none() => Ok(&model.fields[*key]),
        _ => model.field(name).ok_or_else(|| unknown(model, name)),
    }
}

/// There is an end to the number of paths that are kept, whatever names come from outside.
fn interned(
    parent: Option<&'static PathNode>,
    relation: &'static crate::schema::RelationMeta,
) -> Result<&'static PathNode> {
    PathNode::step(parent, relation, MOST_PATHS)
        .ok_or_else(|| Error::InvalidQuery("too many different paths were asked for by their names".into()))
}

/// A name that is no field of the model.
#[cold]
pub(in crate::queryset) fn unknown(model: &'static ModelMeta, name: &str) -> Error {
    let fields = model.fields.iter().map(|field| field.name);
    let help = match close(name, fields.clone()) {
        Some(close) => format!("; did you mean `{close}`?"),
        None if name.contains("__") => "; a path is written `author.username`".to_owned(),
        None => format!("; there are {}", list(fields)),
    };
    wrong_name(model.name, name, help)
}

/// A name that is none of those offered.
#[cold]
pub(super) fn not_among<T>(of: &'static str, name: &str, offered: &[(&'static str, T)]) -> Error {
    let help = format!("; there are {}", list(offered.iter().map(|(name, _)| *name)));
    wrong_name(of, name, help)
}

/// A name of a field that a row does not have.
#[cold]
pub(in crate::queryset) fn not_in_row(
    model: &'static ModelMeta,
    name: &str,
    fields: impl Iterator<Item = &'static str>,
) -> Error {
    wrong_name(model.name, name, format!(" in this row; there are {}", list(fields)))
}

#[cold]
pub(super) fn wrong_name(of: &'static str, name: &str, help: String) -> Error {
    Error::UnknownName(Box::new(NameError::new(of, repeatable(name), help)))
}

/// What comes from outside is repeated only if it can be a name.
fn repeatable(name: &str) -> Option<String> {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    (plain && !name.is_empty() && name.len() <= LONGEST_NAME).then(|| name.to_owned())
}

pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The name that differs least from what was written, if it differs little.
pub(super) fn close<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST_NAME {
        return None;
    }
    let limit = if written.len() > 4 { 2 } else { 1 };
    names
        .map(|name| (distance(written, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many characters must be put in, taken out, exchanged or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let mut cost =
                (last[column] + usize::from(a != b)).min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                cost = cost.min(before[column - 1] + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_close_name_is_suggested() {
        let names = ["title", "views", "id"];
        assert_eq!(close("titel", names.into_iter()), Some("title"));
        assert_eq!(close("vews", names.into_iter()), Some("views"));
        assert_eq!(close("price", names.into_iter()), None);
        assert_eq!(close("", names.into_iter()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn what_is_no_name_is_not_repeated() {
        assert_eq!(repeatable("author__name"), Some("author__name".to_owned()));
        for odd in ["", "a b", "x'; DROP", &"x".repeat(65)] {
            assert_eq!(repeatable(odd), None, "{odd}");
        }
    }
}
