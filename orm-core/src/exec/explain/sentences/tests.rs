//! Recorded plans of SQLite, and odd rows.

use super::super::recorded::SENTENCES;
use super::super::testing::looks_like;
use super::*;

fn rows(answer: &str) -> Vec<Sentence> {
    answer
        .lines()
        .map(|line| {
            let mut columns = line.splitn(4, '|');
            let mut number = || columns.next().unwrap().parse().unwrap();
            let (id, parent, _unused): (_, _, i64) = (number(), number(), number());
            Sentence { id, parent, detail: columns.next().unwrap().to_owned() }
        })
        .collect()
}

const PLANS: &[(&str, &[&str])] = &[
    ("key", &["key lookup on book, by (rowid=?)"]),
    ("scan", &["sequential scan on book"]),
    (
        "lookup_sort_limit",
        &["sort: ORDER BY", "└─ index scan on book using book_author_idx, by (author_id=?)"],
    ),
    (
        "join_sort",
        &[
            "nested loop join",
            "├─ full index scan on a using sqlite_autoindex_author_1",
            "└─ index scan on b using book_author_idx, by (author_id=?)",
        ],
    ),
    ("group_having", &["full index scan on b using book_author_idx"]),
    ("distinct", &["distinct: DISTINCT", "└─ sequential scan on book"]),
    (
        "in_exists",
        &[
            "index only scan on book using book_author_idx, by (author_id=?)",
            "├─ subquery: LIST SUBQUERY 1",
            "│  └─ sequential scan on author",
            "└─ subquery: CORRELATED SCALAR SUBQUERY 2",
            "   └─ key lookup on a, by (rowid=?)",
        ],
    ),
    (
        "union",
        &[
            "set operation: MERGE (UNION)",
            "├─ subquery: LEFT",
            "│  └─ index only scan on book using book_author_idx, by (author_id=?)",
            "└─ subquery: RIGHT",
            "   └─ sequential scan on author",
        ],
    ),
    ("count", &["index only scan on book using book_author_idx, by (author_id=?)"]),
    (
        "subselect",
        &[
            "index scan on a, by (rowid<?)",
            "└─ subquery: CORRELATED SCALAR SUBQUERY 1",
            "   └─ index scan on b using book_author_idx, by (author_id=?)",
        ],
    ),
    ("nothing", &["full index scan on book using book_author_idx"]),
    (
        "window",
        &[
            "subquery scan on (subquery-2)",
            "└─ materialize on (subquery-2)",
            "   └─ sort: RIGHT PART OF ORDER BY",
            "      └─ full index scan on book using book_author_idx",
        ],
    ),
    ("first", &["sequential scan on book"]),
    (
        "cte",
        &[
            "nested loop join",
            "├─ subquery scan on x",
            "│  └─ materialize on x",
            "│     └─ full index scan on book using book_author_idx",
            "└─ key lookup on a, by (rowid=?)",
        ],
    ),
    (
        "or",
        &[
            "index merge",
            "├─ index only scan on book using book_author_idx, by (author_id=?)",
            "└─ index scan on book, by (rowid<?)",
        ],
    ),
    ("self_join", &["nested loop join", "├─ sequential scan on b", "└─ automatic index on c, by (pages=?)"]),
    (
        "group_order",
        &[
            "sort: ORDER BY",
            "└─ sort: GROUP BY",
            "   └─ nested loop join",
            "      ├─ sequential scan on b",
            "      └─ index only scan on a using sqlite_autoindex_author_1, by (name=?)",
        ],
    ),
    (
        "not_in",
        &[
            "full index scan on book using book_author_idx",
            "└─ subquery: LIST SUBQUERY 1",
            "   └─ sequential scan on book",
        ],
    ),
    (
        "in_subquery",
        &[
            "key lookup on author, by (rowid=?)",
            "└─ subquery: LIST SUBQUERY 1",
            "   └─ sequential scan on book",
        ],
    ),
    ("unique_key", &["index scan on tag using sqlite_autoindex_tag_1, by (name=?)"]),
    ("without_rowid", &["index scan on link, by (a=? AND b>?)"]),
    (
        "automatic_index",
        &["nested loop join", "├─ sequential scan on a", "└─ automatic index on t, by (w=?)"],
    ),
    (
        "left_join",
        &[
            "sort: RIGHT PART OF ORDER BY",
            "└─ nested loop join",
            "   ├─ full index scan on b using book_author_idx",
            "   └─ key lookup on a, by (rowid=?)",
        ],
    ),
    (
        "compound",
        &[
            "set operation: COMPOUND QUERY",
            "├─ subquery: LEFT-MOST SUBQUERY",
            "│  └─ index only scan on book using book_author_idx, by (author_id=?)",
            "├─ subquery: UNION ALL",
            "│  └─ sequential scan on author",
            "├─ subquery: UNION USING TEMP B-TREE",
            "│  └─ full index scan on book using book_author_idx",
            "└─ subquery: EXCEPT USING TEMP B-TREE",
            "   └─ constant: CONSTANT ROW",
        ],
    ),
    ("order_by_index", &["full index scan on book using book_author_idx"]),
    ("values", &["constant: 2 CONSTANT ROWS"]),
    (
        "recursive",
        &[
            "subquery scan on g",
            "└─ materialize on g",
            "   ├─ subquery: SETUP",
            "   │  └─ constant: CONSTANT ROW",
            "   └─ subquery: RECURSIVE STEP",
            "      └─ subquery scan on g",
        ],
    ),
    (
        "materialized",
        &[
            "nested loop join",
            "├─ subquery scan on x",
            "│  └─ materialize on x",
            "│     └─ distinct: count(DISTINCT)",
            "│        └─ full index scan on book using book_author_idx",
            "└─ index scan on b using book_author_idx, by (author_id=?)",
        ],
    ),
    ("update", &["index scan on book using book_author_idx, by (author_id=?)"]),
    ("virtual_table", &["function scan on json_each"]),
    ("in_list", &["index scan on book using book_author_idx, by (author_id=? AND rowid>?)"]),
    (
        "full_join",
        &[
            "nested loop join",
            "├─ sequential scan on book",
            "├─ sequential scan on tag",
            "└─ RIGHT-JOIN tag",
            "   └─ sequential scan on tag",
        ],
    ),
];

#[test]
fn recorded_plans() {
    looks_like(SENTENCES, |text| parse(rows(text)), PLANS);
}

fn sentence(id: i64, parent: i64, detail: &str) -> Sentence {
    Sentence { id, parent, detail: detail.to_owned() }
}

#[test]
fn anything_else_is_an_error_or_a_node() {
    let one = |detail: &str| parse(vec![sentence(1, 0, detail)]).unwrap();
    for detail in [
        "",
        "SCAN",
        "SCAN ",
        "SEARCH ",
        "SEARCH t USING ",
        "SEARCH t USING INDEX",
        "SEARCH t USING INDEX i )(",
        "SEARCH t USING é(",
        "SCAN t USING INDEX ",
        "INDEX 1",
        "CO-ROUTINE ",
        "USE TEMP B-TREE",
        "USE TEMP B-TREE FOR ",
    ] {
        assert!(one(detail).nodes().count() <= 2, "{detail:?}");
    }
    assert_eq!(one("QUANTUM WALK").root().kind, NodeKind::Other("QUANTUM WALK".to_owned()));
    assert_eq!(parse(Vec::new()).unwrap().root().kind, NodeKind::Constant);
    // Rows that are in no tree are not lost silently.
    assert!(parse(vec![sentence(1, 0, "SCAN a"), sentence(2, 7, "SCAN b")]).is_err());
    assert!(parse(vec![sentence(1, 1, "SCAN a")]).is_err());
    let chain = (0..10_000).map(|at| sentence(at + 1, at, "CO-ROUTINE x")).collect();
    assert!(parse(chain).is_err());
}

#[test]
fn older_words_are_known() {
    let plan = parse(vec![sentence(1, 0, "SEARCH post AS p USING COVERING INDEX i (a=? AND b>?)")]).unwrap();
    let root = plan.root();
    assert_eq!((root.table.as_deref(), root.alias.as_deref()), (Some("post"), Some("p")));
    assert_eq!((root.index.as_deref(), root.index_condition.as_deref()), (Some("i"), Some("(a=? AND b>?)")));
}
