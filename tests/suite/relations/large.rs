//! Related rows of very many rows: more than a statement has parameters.

use futures_util::TryStreamExt;
use orm::backend::Executor;
use orm::prelude::*;

use crate::support::{Db, in_statements, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(leaves = Leaf::branch), many_to_many(birds: Bird))]
struct Branch {
    #[field(primary_key, identity = false)]
    id: i64,
    /// Half of the rows have the one before them.
    below: Option<ForeignKey<Branch>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Leaf {
    #[field(primary_key, identity = false)]
    id: i64,
    branch: ForeignKey<Branch>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(branches = Branch::birds))]
struct Bird {
    #[field(primary_key, identity = false)]
    id: i64,
}

/// Fills a table with the numbers below `rows`, by doubling it, in a few statements.
async fn fill(db: &Db, table: &str, columns: &str, first: &str, next: &str, rows: i64) {
    db.batch(&format!("INSERT INTO {table} ({columns}) VALUES ({first})")).await.unwrap();
    let mut have = 1;
    while have < rows {
        let more = have.min(rows - have);
        let next = next.replace("HAVE", &have.to_string());
        db.batch(&format!("INSERT INTO {table} ({columns}) SELECT {next} FROM {table} WHERE id < {more}"))
            .await
            .unwrap();
        have += more;
    }
}

/// So many branches with two leaves each, and one bird that sits on all.
async fn with_branches(db: &Db, rows: i64) {
    fill(db, "branch", "id, below_id", "0, NULL", "id + HAVE, id", rows).await;
    db.batch("INSERT INTO leaf (id, branch_id) SELECT id * 2, id FROM branch").await.unwrap();
    db.batch("INSERT INTO leaf (id, branch_id) SELECT id * 2 + 1, id FROM branch").await.unwrap();
    Bird::objects().create(db, |b| b.id(1)).await.unwrap();
    db.batch("INSERT INTO branch_birds (branch_id, bird_id) SELECT id, 1 FROM branch").await.unwrap();
}

#[test]
fn of_five_thousand_rows() {
    run(models![Branch, Leaf, Bird], async |db| {
        with_branches(db, 5_000).await;
        let query = || {
            Branch::objects()
                .prefetch_related(|b| (b.leaves.order_by(|l| l.id), b.birds, b.below))
                .order_by(|b| b.id)
        };
        let branches = in_statements(4, query().all(db)).await.unwrap();
        assert_eq!(branches.len(), 5_000);
        for branch in &branches {
            let leaves: Vec<i64> = branch.leaves().iter().map(|leaf| leaf.id).collect();
            assert_eq!(leaves, [branch.id * 2, branch.id * 2 + 1]);
            assert_eq!(branch.birds(), &[Bird { id: 1 }]);
            assert_eq!(
                branch.below().as_ref().map(|below| below.id),
                branch.below.as_ref().map(|key| *key.key())
            );
        }
        // One row with very many related ones.
        let bird =
            Bird::objects().prefetch_related(|b| b.branches.order_by(|b| b.id.desc())).get(db).await.unwrap();
        assert_eq!(bird.branches().len(), 5_000);
        assert_eq!(bird.branches()[0].id, 4_999);
        // So many for each.
        let limited = Branch::objects()
            .prefetch_related(|b| b.leaves.order_by(|l| l.id.desc()).limit(1))
            .all(db)
            .await
            .unwrap();
        assert!(
            limited
                .iter()
                .all(|branch| branch.leaves()[0].id == branch.id * 2 + 1 && branch.leaves().len() == 1)
        );
        // A stream completes one part of its rows after another.
        let streamed: Vec<_> = in_statements(1 + 20 * 3, query().stream(db).try_collect()).await.unwrap();
        assert_eq!(streamed, branches);
    });
}

#[test]
fn of_more_rows_than_parameters() {
    run(models![Branch, Leaf, Bird], async |db| {
        with_branches(db, 70_000).await;
        let branches = in_statements(
            3,
            Branch::objects().prefetch_related(|b| (b.leaves, b.birds)).order_by(|b| b.id).all(db),
        )
        .await
        .unwrap();
        assert_eq!(branches.len(), 70_000);
        assert!(branches.iter().all(|branch| branch.leaves().len() == 2 && branch.birds().len() == 1));
    });
}

/// A key of two parts.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(id, side), has_many(marks = Mark::cell))]
struct Cell {
    id: i64,
    side: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(cell(cell_id, side) = Cell))]
struct Mark {
    #[field(primary_key, identity = false)]
    id: i64,
    cell_id: i64,
    side: i32,
}

#[test]
fn of_composite_keys_with_more_parts_than_parameters() {
    run(models![Cell, Mark], async |db| {
        fill(db, "cell", "id, side", "0, 3", "id + HAVE, side", 40_000).await;
        db.batch("INSERT INTO mark (id, cell_id, side) SELECT id, id, side FROM cell WHERE id < 39999")
            .await
            .unwrap();
        let query = || Cell::objects().prefetch_related(|c| c.marks).order_by(|c| c.id);
        // Where a list is no array, it is taken apart.
        let lists = match db.dialect() {
            Dialect::Postgres => 1,
            Dialect::MySql | Dialect::MariaDb => 3,
            Dialect::Sqlite => 5,
        };
        let cells = in_statements(1 + lists, query().all(db)).await.unwrap();
        assert_eq!(cells.len(), 40_000);
        for cell in &cells[..39_999] {
            assert_eq!(cell.marks(), &[Mark { id: cell.id, cell_id: cell.id, side: 3 }]);
        }
        assert!(cells[39_999].marks().is_empty());
        let marks =
            in_statements(1 + lists, Mark::objects().prefetch_related(|m| m.cell).order_by(|m| m.id).all(db))
                .await;
        assert!(
            marks
                .unwrap()
                .iter()
                .all(|mark| mark.cell().as_ref().is_some_and(|cell| cell.id == mark.cell_id))
        );
    });
}
