//! The offsets of a time zone as a text that MySQL and MariaDB look them up in, written once for each zone.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::Zone;

/// What `TO_SECONDS` gives at the beginning of 1970.
const EPOCH: i64 = 62_167_219_200;
/// Offsets of zones are known up to the end of the year 2100.
const KNOWN_UNTIL: i64 = 4_133_980_800;

/// What the boundaries between two offsets are.
#[derive(Clone, Copy)]
pub(super) enum Boundaries {
    /// Instants, in UTC.
    Instants,
    /// What clocks show at the beginning of a day: see [`Zone::beginning`].
    Beginnings,
}

/// Writes the seconds east of UTC at a time, from a table in the text: the server's own tables of zones are empty unless
/// somebody has filled them, and `CONVERT_TZ` changes nothing outside of the years 1970 to 2037.
pub(super) fn write_offset(
    w: &mut SqlWriter,
    zone: &Zone,
    boundaries: Boundaries,
    write_at: impl FnOnce(&mut SqlWriter) -> Result<()>,
) -> Result<()> {
    let table = match zone.fixed_offset() {
        Some(seconds) => {
            write_signed(&mut w.sql, seconds);
            return Ok(());
        }
        None => known(zone, boundaries)?,
    };
    match &*table {
        Table::Constant(seconds) => {
            write_signed(&mut w.sql, *seconds);
            Ok(())
        }
        Table::Changing { before, after } => {
            w.push(before);
            write_at(w)?;
            w.push(after);
            Ok(())
        }
    }
}

/// The text of a zone's offsets.
enum Table {
    /// They never change.
    Constant(i32),
    /// What stands before and behind the time.
    Changing { before: String, after: String },
}

/// The table of a zone, from the texts that were written before: a zone has some 200 changes, and finding and writing them
/// takes longer than all else of a query. There are no more texts than names in the database of zones, of 3 KB each.
fn known(zone: &Zone, boundaries: Boundaries) -> Result<Arc<Table>> {
    type Tables = RwLock<HashMap<String, Arc<Table>>>;
    static INSTANTS: LazyLock<Tables> = LazyLock::new(Tables::default);
    static BEGINNINGS: LazyLock<Tables> = LazyLock::new(Tables::default);
    let tables = match boundaries {
        Boundaries::Instants => &INSTANTS,
        Boundaries::Beginnings => &BEGINNINGS,
    };
    if let Some(table) = tables.read().unwrap_or_else(PoisonError::into_inner).get(zone.name()) {
        return Ok(Arc::clone(table));
    }
    let table = Arc::new(written(zone, boundaries)?);
    tables.write().unwrap_or_else(PoisonError::into_inner).insert(zone.name().to_owned(), Arc::clone(&table));
    Ok(table)
}

fn written(zone: &Zone, boundaries: Boundaries) -> Result<Table> {
    let offsets = zone.offsets(KNOWN_UNTIL);
    if offsets.changes.is_empty() && !offsets.goes_on {
        return Ok(Table::Constant(offsets.first));
    }
    // INTERVAL counts the boundaries that are not greater, MID takes the letter of that offset, ELT the offset.
    let mut distinct = vec![offsets.first];
    let mut letters = String::from("A");
    let mut list = String::new();
    let mut earlier = offsets.first;
    let mut greatest = i64::MIN;
    for (from, offset) in offsets.changes {
        let at = distinct.iter().position(|known| *known == offset).unwrap_or_else(|| {
            distinct.push(offset);
            distinct.len() - 1
        });
        letters.push(letter(at)?);
        let boundary = match boundaries {
            Boundaries::Instants => from,
            // Clocks set back to just this time show it twice, and the first counts.
            Boundaries::Beginnings => from + i64::from(offset) + i64::from(offset < earlier),
        };
        // Writing to a String cannot fail.
        let _ = write!(list, ", {}", EPOCH + boundary.max(greatest));
        (earlier, greatest) = (offset, boundary.max(greatest));
    }
    if offsets.goes_on {
        letters.push(letter(distinct.len())?);
        let _ = write!(list, ", {}", EPOCH + KNOWN_UNTIL);
    }
    // What ELT gives is text, with which the server would calculate as with a double.
    let before = format!("CAST(ELT(ASCII(MID('{letters}', INTERVAL(TO_SECONDS(");
    let mut after = format!("){list}) + 1, 1)) - 64");
    for offset in &distinct {
        after.push_str(", ");
        write_signed(&mut after, *offset);
    }
    if offsets.goes_on {
        // Beyond what is known: an error, because it has more than 64 bits.
        after.push_str(", 9223372036854775807 + 1");
    }
    after.push_str(") AS SIGNED)");
    Ok(Table::Changing { before, after })
}

fn letter(at: usize) -> Result<char> {
    ('A'..='Z').nth(at).ok_or_else(|| Error::InvalidQuery("a time zone with too many offsets".into()))
}

fn write_signed(out: &mut String, number: i32) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{number}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_written_once() {
        let zone = || Zone::named("Europe/Berlin").expect("a zone");
        let instants = known(&zone(), Boundaries::Instants).expect("a table");
        assert!(Arc::ptr_eq(&instants, &known(&zone(), Boundaries::Instants).expect("a table")));
        assert!(!Arc::ptr_eq(&instants, &known(&zone(), Boundaries::Beginnings).expect("a table")));
        let Table::Changing { before, after } = &*instants else { panic!("clocks change there") };
        assert!(before.len() + after.len() < 4_000, "{}", before.len() + after.len());
    }

    #[test]
    fn every_zone_has_a_table() {
        let mut zones = 0;
        for name in jiff::tz::TimeZoneDatabase::bundled().available() {
            let zone = Zone::named(name.as_str()).expect("a zone");
            for boundaries in [Boundaries::Instants, Boundaries::Beginnings] {
                written(&zone, boundaries).expect("a table");
            }
            zones += 1;
        }
        assert!((400..1_000).contains(&zones), "{zones}");
    }
}
