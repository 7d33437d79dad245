//! Names of constraints and indexes, made from table and columns, never longer than any database allows.

/// The longest name that all databases keep whole: PostgreSQL cuts at 63 bytes with only a notice.
pub(crate) const MAX_NAME: usize = 63;

/// `table_column_column_suffix`, shortened with a hash where it would be cut.
pub(crate) fn made_name(table: &str, columns: &[&str], suffix: &str) -> String {
    let mut name = String::from(table);
    for column in columns {
        name.push('_');
        name.push_str(column);
    }
    name.push('_');
    name.push_str(suffix);
    shortened(name, suffix)
}

fn shortened(name: String, suffix: &str) -> String {
    if name.len() <= MAX_NAME {
        return name;
    }
    let tail = format!("_{:08x}_{suffix}", fnv1a(name.as_bytes()));
    let mut end = MAX_NAME.saturating_sub(tail.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{tail}", &name[..end])
}

/// FNV-1a: stable for ever, because names in databases depend on it.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_stay_apart() {
        let table = "a".repeat(60);
        let one = made_name(&table, &["first"], "idx");
        let two = made_name(&table, &["second"], "idx");
        assert!(one.len() <= MAX_NAME && two.len() <= MAX_NAME);
        assert_ne!(one, two);
        assert!(one.ends_with("_idx"));
    }

    #[test]
    fn multi_byte_names_are_cut_between_characters() {
        let name = made_name(&"ä".repeat(40), &["ü"], "uniq");
        assert!(name.len() <= MAX_NAME);
    }
}
