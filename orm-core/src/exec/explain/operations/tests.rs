//! Recorded plans of MySQL 9, and odd documents.

use super::super::blocks::parse;
use super::super::kind::NodeKind;
use super::super::recorded::OPERATIONS;
use super::super::testing::{looks_like, survives};

const PLANS: &[(&str, &[&str])] = &[
    ("key", &["constant  [rows ≈ 1, cost ≈ 0]"]),
    (
        "scan",
        &[
            "filter, where (book.pages > 1990)  [rows ≈ 299.97, cost ≈ 91.25]",
            "└─ sequential scan on book  [rows ≈ 900, cost ≈ 91.25]",
        ],
    ),
    (
        "lookup_sort_limit",
        &[
            "limit: 5 row(s)  [rows ≈ 5, cost ≈ 3.15]",
            "└─ sort: book.title, limit input to 5 row(s) per chunk  [rows ≈ 9, cost ≈ 3.15]",
            "   └─ index scan on book using book_author_idx, by author_id = 3  [rows ≈ 9, cost ≈ 3.15]",
        ],
    ),
    (
        "join_sort",
        &[
            "sort: a.`name`",
            "└─ Stream results  [rows ≈ 299.97, cost ≈ 196.24]",
            "   └─ nested loop join  [rows ≈ 299.97, cost ≈ 196.24]",
            "      ├─ filter, where (b.pages > 100)  [rows ≈ 299.97, cost ≈ 91.25]",
            "      │  └─ sequential scan on book as b  [rows ≈ 900, cost ≈ 91.25]",
            "      └─ key lookup on author as a using PRIMARY, by id = b.author_id  [rows ≈ 1, cost ≈ 0.25]",
        ],
    ),
    (
        "group_having",
        &[
            "filter, where (count(0) > 3)  [rows ≈ 100, cost ≈ 298.62]",
            "└─ aggregate: count(0), count(0)  [rows ≈ 100, cost ≈ 298.62]",
            "   └─ full index scan on book as b using book_author_idx  [rows ≈ 900, cost ≈ 91.25]",
        ],
    ),
    (
        "distinct",
        &[
            "subquery scan on <temporary>  [rows ≈ 900, cost ≈ 312.37]",
            "└─ distinct  [rows ≈ 900, cost ≈ 298.62]",
            "   └─ sequential scan on book  [rows ≈ 900, cost ≈ 91.25]",
        ],
    ),
    (
        "union",
        &[
            "sort: id  [rows ≈ 109, cost ≈ 101.85]",
            "└─ subquery scan on <union temporary>  [rows ≈ 109, cost ≈ 40.38]",
            "   └─ set operation  [rows ≈ 109, cost ≈ 36.52]",
            "      ├─ index only scan on book using book_author_idx, by author_id = 3  [rows ≈ 9, cost ≈ 1.15]",
            "      └─ full index scan on author using name  [rows ≈ 100, cost ≈ 10.25]",
        ],
    ),
    (
        "subselect",
        &[
            "filter, where (a.id < 4)  [rows ≈ 3, cost ≈ 0.86]",
            "├─ index only scan on author as a using PRIMARY, by (id < 4)  [rows ≈ 3, cost ≈ 0.86]",
            "└─ subquery: subquery in projection; dependent",
            "   └─ aggregate: max(b.pages)  [rows ≈ 1, cost ≈ 5.22]",
            "      └─ index scan on book as b using book_author_idx, by author_id = a.id  [rows ≈ 9, cost ≈ 3.15]",
        ],
    ),
    ("nothing", &["constant: Impossible WHERE  [rows ≈ 0, cost ≈ 0]"]),
    (
        "window",
        &[
            "window aggregate: rank() OVER (PARTITION BY book.author_id ORDER BY book.pages )  [rows ≈ 900, cost ≈ 0]",
            "└─ sort: book.author_id, book.pages  [rows ≈ 900, cost ≈ 91.25]",
            "   └─ sequential scan on book  [rows ≈ 900, cost ≈ 91.25]",
        ],
    ),
    (
        "cte",
        &[
            "nested loop join  [rows ≈ 10000, cost ≈ 1260.25]",
            "├─ full index scan on author as a using name  [rows ≈ 100, cost ≈ 10.25]",
            "└─ subquery scan on x using <auto_key0>, by author_id = a.id  [rows ≈ 10, cost ≈ 324.17]",
            "   └─ materialize  [rows ≈ 100, cost ≈ 321.66]",
            "      └─ filter, where (sum(book.pages) > 100)  [rows ≈ 100, cost ≈ 298.62]",
            "         └─ aggregate: sum(book.pages)  [rows ≈ 100, cost ≈ 298.62]",
            "            └─ full index scan on book using book_author_idx  [rows ≈ 900, cost ≈ 91.25]",
        ],
    ),
    (
        "or",
        &[
            "filter, where ((book.author_id = 3) or (book.id < 5))  [rows ≈ 13, cost ≈ 6.21]",
            "└─ index merge  [rows ≈ 13, cost ≈ 6.21]",
            "   ├─ index only scan on book using book_author_idx, by (author_id = 3)  [rows ≈ 9, cost ≈ 1.16]",
            "   └─ index scan on book using PRIMARY, by (id < 5)  [rows ≈ 4, cost ≈ 0.66]",
        ],
    ),
    (
        "self_join",
        &[
            "hash join, by c.pages = b.pages  [rows ≈ 81000, cost ≈ 81092.55]",
            "├─ sequential scan on book as c  [rows ≈ 900, cost ≈ 0.01]",
            "└─ hash",
            "   └─ sequential scan on book as b  [rows ≈ 900, cost ≈ 91.25]",
        ],
    ),
];

#[test]
fn recorded_plans() {
    looks_like(OPERATIONS, parse, PLANS);
}

#[test]
fn what_has_no_place_of_its_own_is_a_property() {
    let plan = parse(
        r#"{"query": "select 1", "query_plan": {"operation": "Index lookup on b using i (a = 1)", "alias": "b",
        "table_name": "book", "key_columns": ["a", "c"], "estimated_rows": 2.0}}"#,
    )
    .unwrap();
    assert_eq!(plan.properties(), [("query".to_owned(), "select 1".to_owned())]);
    assert_eq!(plan.root().property("key_columns"), Some("a, c"));
    assert_eq!((plan.root().table.as_deref(), plan.root().alias.as_deref()), (Some("book"), Some("b")));
}

#[test]
fn anything_else_is_an_error_or_a_node() {
    survives(parse, OPERATIONS);
    let plan = parse(
        r#"{"operation": "Quantum walk", "inputs": [1, {}, [], {"operation": ""}], "inputs_from_x": 3}"#,
    )
    .unwrap();
    assert_eq!(plan.root().kind, NodeKind::Other("Quantum walk".to_owned()));
    assert_eq!(plan.root().children.len(), 2);
}
