//! What a SELECT reads of a model, and by what it looks for the rows.

use super::{Read, Sought};
use crate::ast::{CompareOp, Comparison, Expr, Select, Source};
use crate::schema::{FieldMeta, ModelMeta};

/// What a lowered SELECT reads. No list is made: this runs for every SELECT.
pub(super) fn read(select: &Select) -> Option<Read> {
    let Source::Model(model) = select.source else { return None };
    let mut key_fields = 0;
    let mut found: Option<&'static FieldMeta> = None;
    for condition in &select.filter {
        let terms = match condition {
            Expr::And(terms) => terms.as_slice(),
            single => std::slice::from_ref(single),
        };
        for field in terms.iter().filter_map(|term| compared_with_value(term, select.table)) {
            key_fields += usize::from(field.primary_key);
            if found.is_none_or(|before| before.relation.is_none() && field.relation.is_some()) {
                found = Some(field);
            }
        }
    }
    let by = if key_fields >= model.primary_key.len() { Some(Sought::Key) } else { position(model, found) };
    Some(Read { model, by })
}

fn position(model: &ModelMeta, field: Option<&'static FieldMeta>) -> Option<Sought> {
    let field = field?;
    let at = model.position(field)?;
    u16::try_from(at).ok().map(Sought::Field)
}

/// The table's own field that has to equal a value.
fn compared_with_value(term: &Expr, table: u16) -> Option<&'static FieldMeta> {
    let Expr::Comparison(comparison) = term else { return None };
    let Comparison { op: CompareOp::Eq, left: Expr::Column(column), right: Expr::Value(_) } = &**comparison
    else {
        return None;
    };
    (column.table == table).then_some(column.field)
}
