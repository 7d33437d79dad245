//! Locks on rows, behind everything else of a SELECT.

use super::writer::SqlWriter;
use crate::ast::{Lock, LockWait, Select};
use crate::error::{Error, Result};

/// Writes what locks the rows; nothing where whoever writes has locked everything.
pub(super) fn write_lock(w: &mut SqlWriter, select: &Select, lock: &Lock) -> Result<()> {
    let Some(words) = w.spelling.lock_words(lock.strength)? else { return Ok(()) };
    w.push(words);
    let is_locked = |table| lock.of.iter().any(|relation| relation.table == table);
    // Without a list rows of all tables are locked, also of those that only a condition is about.
    if let Some(model) = select.model()
        && select.joins.iter().any(|join| !is_locked(join.table))
    {
        if !w.spelling.capability().lock_of {
            let backend = w.spelling.dialect().name();
            let what = "locking rows of some of a query's tables: leave out the others, or name them in `of`";
            return Err(Error::unsupported(what, backend));
        }
        w.push(" OF ");
        w.table(select.table, model);
        for relation in &lock.of {
            w.push(", ");
            w.alias(relation.table);
        }
    }
    w.push(match lock.wait {
        LockWait::Wait => "",
        LockWait::NoWait => " NOWAIT",
        LockWait::SkipLocked => " SKIP LOCKED",
    });
    Ok(())
}
