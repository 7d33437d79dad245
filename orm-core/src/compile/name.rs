//! Names of constraints and indexes, made from table and columns, never longer than any database allows.

/// The longest name that all databases keep whole: PostgreSQL cuts at 63 bytes with only a notice.
pub(crate) const MAX_NAME: usize = 63;

/// `table__column__column_suffix`: PostgreSQL and SQLite keep the indexes of all tables in one name space, so table
/// `blog` with column `post_author` must not give the name that table `blog_post` with column `author` gives. Where
/// underscores leave that in doubt, and where the name would be cut, a hash tells them apart.
pub(crate) fn made_name(table: &str, columns: &[&str], suffix: &str) -> String {
    let parts = || std::iter::once(table).chain(columns.iter().copied());
    let in_doubt = |part: &str| part.contains("__") || part.starts_with('_') || part.ends_with('_');
    let name = parts().collect::<Vec<_>>().join("__");
    let length = name.len() + 1 + suffix.len();
    if length <= MAX_NAME && !parts().any(in_doubt) {
        return format!("{name}_{suffix}");
    }
    let hash = fnv1a(parts().collect::<Vec<_>>().join("\0").as_bytes());
    let tail = format!("_{hash:016x}_{suffix}");
    let mut end = name.len().min(MAX_NAME.saturating_sub(tail.len()));
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{tail}", &name[..end])
}

/// FNV-1a: stable for ever, because names in databases depend on it.
fn fnv1a(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325;
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
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
    fn tables_and_columns_stay_apart() {
        assert_eq!(made_name("blog_post", &["author_id"], "fk"), "blog_post__author_id_fk");
        let names = [
            made_name("blog", &["post_author"], "idx"),
            made_name("blog_post", &["author"], "idx"),
            made_name("t", &["a_b", "c"], "idx"),
            made_name("t", &["a", "b_c"], "idx"),
            made_name("t", &["a__b", "c"], "idx"),
            made_name("t", &["a", "b__c"], "idx"),
            made_name("t", &["a_", "b"], "idx"),
            made_name("t", &["a", "_b"], "idx"),
        ];
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name}");
        }
    }

    #[test]
    fn f6_a_million_names_with_the_same_beginning_stay_apart() {
        let table = "a".repeat(MAX_NAME);
        let mut names = std::collections::HashSet::new();
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..1_000_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let column = format!("ä{random:016x}{}", &table[..usize::from(random.to_le_bytes()[0] % 63)]);
            let name = made_name(&table, &[&column], "idx");
            assert!(name.len() <= MAX_NAME, "{name}");
            assert!(names.insert(name), "{column}");
        }
        assert_eq!(made_name(&table, &["b"], "idx"), made_name(&table, &["b"], "idx"));
    }

    #[test]
    fn multi_byte_names_are_cut_between_characters() {
        let name = made_name(&"ä".repeat(40), &["ü"], "uniq");
        assert!(name.len() <= MAX_NAME);
    }
}
