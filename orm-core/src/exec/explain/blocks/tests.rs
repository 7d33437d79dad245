//! Recorded plans of MariaDB, of MySQL in its first format, and odd documents.

use super::super::mend::mended;
use super::super::recorded::{BLOCKS, OLD_BLOCKS};
use super::super::testing::{looks_like, survives};
use super::*;

const PLANS: &[(&str, &[&str])] = &[
    ("key", &["key lookup on book using PRIMARY  [rows ≈ 1]"]),
    (
        "lookup_sort_limit",
        &[
            "sort: book.title",
            "└─ index scan on book using book_author_idx, where book.author_id <=> 3  [rows ≈ 9]",
        ],
    ),
    (
        "analyze_join_sort",
        &[
            "nested loop join",
            "├─ full index scan on a using name  [rows ≈ 100, rows = 100, loops = 1, time = 43.307µs]",
            "└─ index scan on b using book_author_idx, where b.pages > 100  [rows ≈ 4, rows = 9, loops = 100, time = 559.48µs]",
            "planning: 65.427µs",
            "execution: 608.698µs",
        ],
    ),
    (
        "in_exists",
        &[
            "nested loop join",
            "├─ index only scan on author using name, where author.`name` like 'a1%'  [rows ≈ 12]",
            "├─ index only scan on book using book_author_idx  [rows ≈ 4]",
            "└─ key lookup on a using PRIMARY, where author.`id` + 1 = a.`id`  [rows ≈ 1]",
        ],
    ),
    (
        "union",
        &[
            "set operation on <union1,2>",
            "├─ index only scan on book using book_author_idx  [rows ≈ 9]",
            "└─ full index scan on author using PRIMARY  [rows ≈ 100]",
        ],
    ),
    (
        "analyze_subselect",
        &[
            "index only scan on a using PRIMARY, where a.`id` < 4  [rows ≈ 3, rows = 3, loops = 1, time = 42.946µs]",
            "└─ subquery",
            "   └─ index scan on b using book_author_idx  [rows ≈ 4, rows = 9, loops = 3, time = 44.7µs]",
            "planning: 68.743µs",
            "execution: 101.471µs",
        ],
    ),
    ("nothing", &["constant: Impossible WHERE"]),
    (
        "window",
        &[
            "window aggregate",
            "├─ sort: book.author_id, book.pages",
            "└─ materialize",
            "   └─ sequential scan on book  [rows ≈ 900]",
        ],
    ),
    (
        "cte",
        &[
            "nested loop join",
            "├─ full index scan on a using name  [rows ≈ 100]",
            "└─ subquery scan on <derived2> using key0, where x.s > 100  [rows ≈ 10]",
            "   └─ materialize",
            "      └─ sort: book.author_id",
            "         └─ materialize",
            "            └─ sequential scan on book  [rows ≈ 900]",
        ],
    ),
    (
        "or",
        &[
            "index merge on book, where book.author_id = 3 or book.`id` < 5  [rows ≈ 13]",
            "├─ index scan on book using book_author_idx",
            "└─ index scan on book using PRIMARY",
        ],
    ),
    (
        "analyze_self_join",
        &[
            "nested loop join, where c.pages = b.pages",
            "├─ sequential scan on b  [rows ≈ 900, rows = 900, loops = 1, time = 139.158µs]",
            "└─ sequential scan on c  [rows ≈ 900, rows = 900, loops = 1, time = 136.123µs]",
            "planning: 85.473µs",
            "execution: 31.135937ms",
        ],
    ),
    (
        "not_in",
        &[
            "full index scan on book using book_author_idx, where !<in_optimizer>(book.author_id,book.author_id in (subquery#2))  [rows ≈ 900]",
            "└─ subquery",
            "   └─ materialize",
            "      └─ sequential scan on book, where book.pages > 300  [rows ≈ 900]",
        ],
    ),
];

#[test]
fn recorded_plans() {
    looks_like(BLOCKS, |text| parse(&mended(text)), PLANS);
}

const OTHER_PLANS: &[(&str, &[&str])] = &[
    ("key", &["key lookup on book using PRIMARY  [rows ≈ 1, cost ≈ 0.1]"]),
    (
        "join_sort",
        &[
            "sort  [cost ≈ 299.97]",
            "└─ nested loop join",
            "   ├─ sequential scan on b, where (`explain_rec`.`b`.`pages` > 100)  [rows ≈ 900, cost ≈ 91.25]",
            "   └─ key lookup on a using PRIMARY  [rows ≈ 1, cost ≈ 104.99]",
        ],
    ),
    ("distinct", &["distinct  [cost ≈ 91.25]", "└─ sequential scan on book  [rows ≈ 900, cost ≈ 91.25]"]),
    (
        "union",
        &[
            "set operation on <union1,2>",
            "├─ index only scan on book using book_author_idx  [rows ≈ 9, cost ≈ 1.15]",
            "└─ full index scan on author using name  [rows ≈ 100, cost ≈ 10.25]",
        ],
    ),
    (
        "subselect",
        &[
            "index only scan on a using PRIMARY, where (`explain_rec`.`a`.`id` < 4)  [rows ≈ 3, cost ≈ 0.86]",
            "└─ subquery",
            "   └─ index scan on b using book_author_idx  [rows ≈ 9, cost ≈ 3.15]",
        ],
    ),
    ("nothing", &["constant: Impossible WHERE"]),
    ("first", &["full index scan on book using PRIMARY  [rows ≈ 3, cost ≈ 91.25]"]),
    (
        "cte",
        &[
            "nested loop join  [cost ≈ 360.25]",
            "├─ full index scan on a using name  [rows ≈ 100, cost ≈ 10.25]",
            "└─ subquery scan on x using <auto_key0>  [rows ≈ 10, cost ≈ 350]",
            "   └─ materialize",
            "      └─ aggregate",
            "         └─ full index scan on book using book_author_idx  [rows ≈ 900, cost ≈ 91.25]",
        ],
    ),
    (
        "or",
        &[
            "index merge on book, where ((`explain_rec`.`book`.`author_id` = 3) or (`explain_rec`.`book`.`id` < 5))  [rows ≈ 13, cost ≈ 6.21]",
            "├─ index scan on book using book_author_idx",
            "└─ index scan on book using PRIMARY",
        ],
    ),
    (
        "self_join",
        &[
            "hash join  [cost ≈ 81092.55]",
            "├─ sequential scan on b  [rows ≈ 900, cost ≈ 91.25]",
            "└─ sequential scan on c, where (`explain_rec`.`c`.`pages` = `explain_rec`.`b`.`pages`)  [rows ≈ 900, cost ≈ 8101.3]",
        ],
    ),
    (
        "group_order",
        &[
            "sort  [cost ≈ 406.25]",
            "└─ aggregate",
            "   └─ nested loop join",
            "      ├─ sequential scan on b  [rows ≈ 900, cost ≈ 91.25]",
            "      └─ key lookup on a using name, where <if>(is_not_null_compl(a), (`explain_rec`.`a`.`name` = `explain_rec`.`b`.`title`), true)  [rows ≈ 1, cost ≈ 315]",
        ],
    ),
];

#[test]
fn recorded_plans_of_the_other_server() {
    looks_like(OLD_BLOCKS, parse, OTHER_PLANS);
}

#[test]
fn repeated_tables_are_a_join() {
    // MariaDB before 10.9 had no `nested_loop`.
    let text = r#"{"query_block": {"select_id": 1,
        "table": {"table_name": "a", "access_type": "ALL", "rows": 3, "filtered": 100},
        "table": {"table_name": "b", "access_type": "ref", "key": "i", "rows": 2},
        "block-nl-join": {"table": {"table_name": "c", "access_type": "hash_ALL", "key": "hash"},
            "join_type": "BNLH", "attached_condition": "c.x = b.x"}}}"#;
    let plan = parse(text).unwrap();
    let root = plan.root();
    assert_eq!((&root.kind, root.filter.as_deref()), (&NodeKind::HashJoin, Some("c.x = b.x")));
    assert_eq!(root.children[0].kind, NodeKind::NestedLoopJoin);
    assert_eq!(plan.nodes().filter_map(|node| node.table.as_deref()).collect::<String>(), "abc");
    assert!(plan.uses_index("i"));
}

#[test]
fn what_has_no_place_of_its_own_is_a_property() {
    let plan = parse(r#"{"query_block": {"cost": 0.5, "having_condition": "count(0) > 3",
        "table": {"table_name": "a", "access_type": "ref", "key": "i", "key_length": "8", "filtered": 50, "ref": ["const"]}}}"#)
    .unwrap();
    assert_eq!(plan.properties(), [("having_condition".to_owned(), "count(0) > 3".to_owned())]);
    assert_eq!(plan.root().property("ref"), Some("const"));
    assert_eq!(plan.root().property("key_length"), Some("8"));
    assert_eq!(plan.root().property("key"), None);
    assert_eq!(plan.root().estimated_cost, Some(0.5));
}

#[test]
fn anything_else_is_an_error_or_a_node() {
    survives(|text| parse(&mended(text)), BLOCKS);
    survives(parse, OLD_BLOCKS);
    for text in ["{}", "[]", "1", r#"{"query_block": []}"#, r#"{"query_plan": {"operation": 5}}"#] {
        assert!(parse(text).is_err(), "{text}");
    }
    let odd = r#"{"query_block": {"nested_loop": 5, "table": [], "message": {}, "subqueries": [1, {}], "x": {"y": {"table": {}}}}}"#;
    let plan = parse(odd).unwrap();
    assert_eq!(plan.root().kind, NodeKind::Other("x".to_owned()));
    assert_eq!(parse(r#"{"query_block": {}}"#).unwrap().root().kind, NodeKind::Constant);
    let table = parse(r#"{"query_block": {"table": {"access_type": "quantum"}}}"#).unwrap();
    assert_eq!(table.root().kind, NodeKind::Other("quantum".to_owned()));
}

#[test]
fn merged_indexes_are_found_in_a_name() {
    let text = r#"{"query_block": {"table": {"access_type": "index_merge", "key": "sort_union(intersect(a,PRIMARY),b)"}}}"#;
    let plan = parse(text).unwrap();
    let indexes: Vec<_> = plan.nodes().filter_map(|node| node.index.as_deref()).collect();
    assert_eq!(indexes, ["a", "PRIMARY", "b"]);
}
