//! Recorded plans of MySQL 9 with measurements, and odd texts.

use super::super::kind::NodeKind;
use super::super::recorded::OPERATIONS;
use super::super::testing::{looks_like, survives};
use super::*;

const PLANS: &[(&str, &[&str])] = &[
    (
        "analyze_lookup_sort_limit",
        &[
            "limit: 5 row(s)  [rows ≈ 5, cost ≈ 3.15, rows = 5, loops = 1, time = 91.6µs]",
            "└─ sort: book.title, limit input to 5 row(s) per chunk  [rows ≈ 9, cost ≈ 3.15, rows = 5, loops = 1, time = 89.4µs]",
            "   └─ index scan on book using book_author_idx, by (author_id = 3)  [rows ≈ 9, cost ≈ 3.15, rows = 9, loops = 1, time = 39.7µs]",
        ],
    ),
    (
        "analyze_join_sort",
        &[
            "sort: a.`name`  [rows = 800, loops = 1, time = 1.37ms]",
            "└─ Stream results  [rows ≈ 300, cost ≈ 196, rows = 800, loops = 1, time = 1.14ms]",
            "   └─ nested loop join  [rows ≈ 300, cost ≈ 196, rows = 800, loops = 1, time = 1.03ms]",
            "      ├─ filter, where (b.pages > 100)  [rows ≈ 300, cost ≈ 91.2, rows = 800, loops = 1, time = 254µs]",
            "      │  └─ sequential scan on b  [rows ≈ 900, cost ≈ 91.2, rows = 900, loops = 1, time = 198µs]",
            "      └─ key lookup on a using PRIMARY, by (id = b.author_id)  [rows ≈ 1, cost ≈ 0.25, rows = 1, loops = 800, time = 672µs]",
        ],
    ),
    (
        "analyze_distinct",
        &[
            "subquery scan on <temporary>  [rows ≈ 900, cost ≈ 312, rows = 7, loops = 1, time = 426µs]",
            "└─ distinct  [rows ≈ 900, cost ≈ 299, rows = 7, loops = 1, time = 425µs]",
            "   └─ sequential scan on book  [rows ≈ 900, cost ≈ 91.2, rows = 900, loops = 1, time = 149µs]",
        ],
    ),
    (
        "analyze_union",
        &[
            "sort: id  [rows ≈ 109, cost ≈ 102, rows = 108, loops = 1, time = 118µs]",
            "└─ subquery scan on <union temporary>  [rows ≈ 109, cost ≈ 40.4, rows = 108, loops = 1, time = 68.1µs]",
            "   └─ set operation  [rows ≈ 109, cost ≈ 36.5, rows = 108, loops = 1, time = 58.5µs]",
            "      ├─ index only scan on book using book_author_idx, by (author_id = 3)  [rows ≈ 9, cost ≈ 1.15, rows = 9, loops = 1, time = 21.1µs]",
            "      └─ full index scan on author using name  [rows ≈ 100, cost ≈ 10.2, rows = 100, loops = 1, time = 15.8µs]",
        ],
    ),
    (
        "analyze_subselect",
        &[
            "filter, where (a.id < 4)  [rows ≈ 3, cost ≈ 0.86, rows = 3, loops = 1, time = 19.7µs]",
            "├─ index only scan on a using PRIMARY, by (id < 4)  [rows ≈ 3, cost ≈ 0.86, rows = 3, loops = 1, time = 17.2µs]",
            "└─ subquery: subquery in projection; dependent",
            "   └─ aggregate: max(b.pages)  [rows ≈ 1, cost ≈ 5.22, rows = 1, loops = 3, time = 55.2µs]",
            "      └─ index scan on b using book_author_idx, by (author_id = a.id)  [rows ≈ 9, cost ≈ 3.15, rows = 9, loops = 3, time = 50.7µs]",
        ],
    ),
    (
        "analyze_nothing",
        &["constant: Impossible WHERE  [rows ≈ 0, cost ≈ 0, rows = 0, loops = 1, time = 50ns]"],
    ),
    (
        "analyze_window",
        &[
            "window aggregate: rank() OVER (PARTITION BY book.author_id ORDER BY book.pages )  [rows ≈ 900, cost ≈ 0, rows = 900, loops = 1, time = 390µs]",
            "└─ sort: book.author_id, book.pages  [rows ≈ 900, cost ≈ 91.2, rows = 900, loops = 1, time = 287µs]",
            "   └─ sequential scan on book  [rows ≈ 900, cost ≈ 91.2, rows = 900, loops = 1, time = 165µs]",
        ],
    ),
    (
        "analyze_cte",
        &[
            "nested loop join  [rows ≈ 10000, cost ≈ 1260, rows = 100, loops = 1, time = 971µs]",
            "├─ full index scan on a using name  [rows ≈ 100, cost ≈ 10.2, rows = 100, loops = 1, time = 43.8µs]",
            "└─ subquery scan on x using <auto_key0>, by (author_id = a.id)  [rows ≈ 10, cost ≈ 324, rows = 1, loops = 100, time = 910µs]",
            "   └─ materialize  [rows ≈ 100, cost ≈ 322, rows = 100, loops = 1, time = 862µs]",
            "      └─ filter, where (sum(book.pages) > 100)  [rows ≈ 100, cost ≈ 299, rows = 100, loops = 1, time = 786µs]",
            "         └─ aggregate: sum(book.pages)  [rows ≈ 100, cost ≈ 299, rows = 100, loops = 1, time = 757µs]",
            "            └─ full index scan on book using book_author_idx  [rows ≈ 900, cost ≈ 91.2, rows = 900, loops = 1, time = 702µs]",
        ],
    ),
    (
        "analyze_or",
        &[
            "filter, where ((book.author_id = 3) or (book.id < 5))  [rows ≈ 13, cost ≈ 6.21, rows = 12, loops = 1, time = 117µs]",
            "└─ index merge  [rows ≈ 13, cost ≈ 6.21, rows = 12, loops = 1, time = 99.7µs]",
            "   ├─ index only scan on book using book_author_idx, by (author_id = 3)  [rows ≈ 9, cost ≈ 1.16, rows = 9, loops = 1, time = 40µs]",
            "   └─ index scan on book using PRIMARY, by (id < 5)  [rows ≈ 4, cost ≈ 0.66, rows = 4, loops = 1, time = 10.2µs]",
        ],
    ),
    (
        "analyze_self_join",
        &[
            "hash join, by c.pages = b.pages  [rows ≈ 81000, cost ≈ 81093, rows = 900, loops = 1, time = 652µs]",
            "├─ sequential scan on c  [rows ≈ 900, cost ≈ 0.01, rows = 900, loops = 1, time = 156µs]",
            "└─ hash",
            "   └─ sequential scan on b  [rows ≈ 900, cost ≈ 91.2, rows = 900, loops = 1, time = 219µs]",
        ],
    ),
];

#[test]
fn recorded_plans() {
    looks_like(OPERATIONS, parse, PLANS);
}

#[test]
fn a_step_that_never_ran() {
    let text = "-> Nested loop inner join  (cost=2.4 rows=3) (actual time=0.01..0.01 rows=0 loops=1)\n    \
                -> Index lookup on t using i (a=3)  (cost=0.35 rows=1.2e+6) (never executed)\n";
    let plan = parse(text).unwrap();
    let lookup = &plan.root().children[0];
    assert_eq!((lookup.actual_loops, lookup.actual_rows, lookup.actual_time), (Some(0.0), None, None));
    assert_eq!(lookup.estimated_rows, Some(1_200_000.0));
    assert_eq!(lookup.index_condition.as_deref(), Some("(a=3)"));
}

#[test]
fn a_text_over_several_lines_is_one_step() {
    let plan = parse(
        "-> Filter: (t.a = 'x\ny (cost=1 rows=2)')  (cost=3 rows=4)\n    -> Table scan on t  (cost=5 rows=6)",
    )
    .unwrap();
    assert_eq!(plan.root().filter.as_deref(), Some("(t.a = 'x y (cost=1 rows=2)')"));
    assert_eq!((plan.root().estimated_cost, plan.root().estimated_rows), (Some(3.0), Some(4.0)));
    assert_eq!(plan.root().children[0].kind, NodeKind::SequentialScan);
}

#[test]
fn anything_else_is_an_error_or_a_node() {
    survives(parse, OPERATIONS);
    assert!(parse("").is_err());
    assert!(parse("no arrow").is_err());
    let deep: Vec<String> = (0..1_000).map(|depth| " ".repeat(depth) + "-> x").collect();
    assert!(parse(&deep.join("\n")).is_err());
    assert_eq!(parse("-> Quantum walk").unwrap().root().kind, NodeKind::Other("Quantum walk".to_owned()));
    assert_eq!(
        parse("-> x  (cost=1e999 rows=NaN) (actual time=inf..-1 rows=x loops=)")
            .unwrap()
            .root()
            .estimated_rows,
        None
    );
}
