//! Recorded plans of PostgreSQL, and odd documents.

use super::super::recorded::{TYPED_NODES, answer};
use super::super::testing::{looks_like, survives};
use super::*;

const PLANS: &[(&str, &[&str])] = &[
    ("key", &["index scan on book using book_pkey, by (id = 7)  [rows ≈ 1, cost ≈ 8.29]"]),
    (
        "lookup_sort_limit",
        &[
            "limit  [rows ≈ 5, cost ≈ 20.83]",
            "└─ sort: title  [rows ≈ 20, cost ≈ 20.87]",
            "   └─ bitmap heap scan on book, by (author_id = 3)  [rows ≈ 20, cost ≈ 20.48]",
            "      └─ bitmap index scan using book_author_idx, by (author_id = 3)  [rows ≈ 20, cost ≈ 4.43]",
        ],
    ),
    (
        "analyze_join_sort",
        &[
            "sort: a.name  [rows ≈ 1900, cost ≈ 156.67, rows = 1900, loops = 1, time = 1.047ms]",
            "└─ hash join, by (b.author_id = a.id)  [rows ≈ 1900, cost ≈ 48.45, rows = 1900, loops = 1, time = 449µs]",
            "   ├─ sequential scan on book as b, where (pages > 100)  [rows ≈ 1900, cost ≈ 40, rows = 1900, loops = 1, time = 166µs]",
            "   └─ hash  [rows ≈ 100, cost ≈ 2, rows = 100, loops = 1, time = 26µs]",
            "      └─ sequential scan on author as a  [rows ≈ 100, cost ≈ 2, rows = 100, loops = 1, time = 8µs]",
            "planning: 558µs",
            "execution: 1.153ms",
        ],
    ),
    (
        "group_having",
        &[
            "aggregate: author_id, where (count(*) > 3)  [rows ≈ 33, cost ≈ 46.25]",
            "└─ sequential scan on book as b  [rows ≈ 2000, cost ≈ 35]",
        ],
    ),
    (
        "union",
        &[
            "sort: book.id  [rows ≈ 120, cost ≈ 30.23]",
            "└─ aggregate: book.id  [rows ≈ 120, cost ≈ 25.78]",
            "   └─ append  [rows ≈ 120, cost ≈ 24.28]",
            "      ├─ bitmap heap scan on book, by (author_id = 3)  [rows ≈ 20, cost ≈ 20.48]",
            "      │  └─ bitmap index scan using book_author_idx, by (author_id = 3)  [rows ≈ 20, cost ≈ 4.43]",
            "      └─ sequential scan on author  [rows ≈ 100, cost ≈ 2]",
        ],
    ),
    (
        "count",
        &[
            "aggregate  [rows ≈ 1, cost ≈ 4.69]",
            "└─ index only scan on book using book_author_idx, by (author_id = 3)  [rows ≈ 20, cost ≈ 4.63]",
        ],
    ),
    (
        "analyze_subselect",
        &[
            "sequential scan on author as a, where (id < 4)  [rows ≈ 2, cost ≈ 43.34, rows = 3, loops = 1, time = 88µs]",
            "└─ aggregate: SubPlan 1  [rows ≈ 1, cost ≈ 20.54, rows = 1, loops = 3, time = 75µs]",
            "   └─ bitmap heap scan on book as b, by (author_id = a.id)  [rows ≈ 20, cost ≈ 20.48, rows = 20, loops = 3, time = 66µs]",
            "      └─ bitmap index scan using book_author_idx, by (author_id = a.id)  [rows ≈ 20, cost ≈ 4.43, rows = 20, loops = 3, time = 21µs]",
            "planning: 434µs",
            "execution: 155µs",
        ],
    ),
    ("nothing", &["constant, where false  [rows ≈ 0, cost ≈ 0]"]),
    (
        "window",
        &[
            "window aggregate  [rows ≈ 2000, cost ≈ 184.66]",
            "└─ sort: author_id, pages  [rows ≈ 2000, cost ≈ 149.66]",
            "   └─ sequential scan on book  [rows ≈ 2000, cost ≈ 35]",
        ],
    ),
    (
        "first",
        &[
            "limit  [rows ≈ 3, cost ≈ 0.37]",
            "└─ full index scan on book using book_pkey  [rows ≈ 2000, cost ≈ 62.28]",
        ],
    ),
    (
        "or",
        &[
            "bitmap heap scan on book, by ((author_id = 3) OR (id < 5))  [rows ≈ 24, cost ≈ 24.53]",
            "└─ bitmap or  [rows ≈ 24, cost ≈ 8.75]",
            "   ├─ bitmap index scan using book_author_idx, by (author_id = 3)  [rows ≈ 20, cost ≈ 4.43]",
            "   └─ bitmap index scan using book_pkey, by (id < 5)  [rows ≈ 4, cost ≈ 4.31]",
        ],
    ),
    (
        "not_in",
        &[
            "sequential scan on book, where (NOT (hashed SubPlan 1))  [rows ≈ 1000, cost ≈ 84.25]",
            "└─ sequential scan on book as book_1: SubPlan 1, where (pages > 300)  [rows ≈ 1700, cost ≈ 40]",
        ],
    ),
];

#[test]
fn recorded_plans() {
    looks_like(TYPED_NODES, parse, PLANS);
}

#[test]
fn what_has_no_place_of_its_own_is_a_property() {
    let plan = parse(answer(TYPED_NODES, "settings")).unwrap();
    assert!(plan.properties().contains(&("work_mem".to_owned(), "3MB".to_owned())));
    assert_eq!(plan.root().property("Output"), Some("a.id, (SubPlan 1)"));
    assert_eq!(plan.root().property("Shared Hit Blocks"), Some("50"));
    assert_eq!(plan.root().property("Filter"), None);
    assert_eq!((plan.root().table.as_deref(), plan.root().alias.as_deref()), (Some("author"), Some("a")));
    let inner = &plan.root().children[0];
    assert_eq!(
        (inner.actual_rows, inner.actual_loops, inner.total_rows()),
        (Some(1.0), Some(3.0), Some(3.0))
    );
}

#[test]
fn anything_else_is_an_error_or_a_node() {
    survives(parse, TYPED_NODES);
    for text in ["[]", "{}", "[1]", r#"[{"Plan": 3}]"#, r#"[{"Plan": [{}]}]"#] {
        assert!(parse(text).is_err(), "{text}");
    }
    let odd = r#"[{"Plan": {"Node Type": "Quantum Walk", "Plans": [{"Node Type": 7}, 8, {}], "Actual Rows": "x",
        "Actual Total Time": 1e300, "Actual Loops": 1e300, "Alias": null}, "Planning Time": -1}]"#;
    let plan = parse(odd).unwrap();
    assert_eq!(plan.root().kind, NodeKind::Other("Quantum Walk".to_owned()));
    assert_eq!(plan.root().children.len(), 2);
    assert_eq!((plan.root().actual_time, plan.planning_time()), (None, None));
}
