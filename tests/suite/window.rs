//! Windows: every function, partitions, orders, frames; the same types and values everywhere.

use orm::prelude::*;
use orm::{Dialect, Error};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Run {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    team: String,
    points: i32,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    speed: f64,
    bonus: Option<i32>,
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn with(test: impl AsyncFnOnce(&Db)) {
    run(models![Run], async |db| {
        for (team, points, price, speed, bonus) in [
            ("a", 10, "1.10", 1.5, Some(1)),
            ("a", 20, "2.20", 2.5, None),
            ("a", 20, "3.30", 0.5, Some(3)),
            ("b", 5, "9.00", 4.0, None),
            ("b", 15, "10.00", 8.0, Some(5)),
            ("c", 20, "0.05", 1.0, None),
        ] {
            Run::objects()
                .create(db, |r| r.team(team).points(points).price(dec(price)).speed(speed).bonus(bonus))
                .await
                .unwrap();
        }
        test(db).await;
    });
}

fn all() -> QuerySet<Run> {
    Run::objects().order_by(|r| r.id)
}

/// Whether this database can compute a frame by groups or leave rows out of one.
fn has_groups(db: &Db) -> bool {
    !matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb)
}

#[test]
fn places_among_rows() {
    with(async |db| {
        let places = all().values(|r| {
            (
                row_number().order_by((r.points, r.id)),
                rank().order_by(r.points),
                dense_rank().order_by(r.points),
                rank().order_by(r.points.desc()).partition_by(r.team),
                ntile(4).order_by((r.points, r.id)),
            )
        });
        assert_eq!(
            places.all(db).await.unwrap(),
            [
                (2, 2, 2, 3, 1),
                (4, 4, 4, 1, 2),
                (5, 4, 4, 1, 3),
                (1, 1, 1, 2, 1),
                (3, 3, 3, 1, 2),
                (6, 4, 4, 1, 4)
            ]
        );
        let shares = all()
            .values(|r| (percent_rank().order_by(r.points), cume_dist().order_by(r.points)))
            .all(db)
            .await
            .unwrap();
        let expected = [(0.2, 2.0 / 6.0), (0.6, 1.0), (0.6, 1.0), (0.0, 1.0 / 6.0), (0.4, 0.5), (0.6, 1.0)];
        for (found, expected) in shares.iter().zip(expected) {
            // One server gives ten digits.
            assert!((found.0 - expected.0).abs() < 1e-9 && (found.1 - expected.1).abs() < 1e-9, "{shares:?}");
        }
        let calculated = all().values(|r| {
            (rank().order_by(r.points) - 5, -rank().order_by(r.points), rank().order_by(r.points) * 2 + 1)
        });
        assert_eq!(calculated.all(db).await.unwrap()[0], (-3, -2, 5));
        let everyone = all().values(|_| row_number()).all(db).await.unwrap();
        assert_eq!(everyone.iter().sum::<i64>(), 21);
    });
}

#[test]
fn values_of_other_rows() {
    with(async |db| {
        let near = all().values(|r| {
            (
                r.points.lag(1).order_by(r.id),
                r.points.lead(2).order_by(r.id),
                r.price.lag(1).partition_by(r.team).order_by(r.id),
                r.bonus.lead(1).order_by(r.id),
                r.points.lag(1).order_by(r.id).default(-1),
            )
        });
        let expected = [
            (None, Some(20), None, None, -1),
            (Some(10), Some(5), Some(dec("1.1")), Some(3), 10),
            (Some(20), Some(15), Some(dec("2.2")), None, 20),
            (Some(20), Some(20), None, Some(5), 20),
            (Some(5), None, Some(dec("9")), None, 5),
            (Some(15), None, None, None, 15),
        ];
        assert_eq!(near.all(db).await.unwrap(), expected);
        let ends = all().values(|r| {
            (
                r.team.first_value().order_by(r.id.desc()),
                r.price.last_value().order_by(r.id).rows(..),
                r.points.nth_value(2).order_by(r.id).rows(..),
                r.points.nth_value(9).order_by(r.id).rows(..),
                r.points.last_value().order_by(r.id),
            )
        });
        let rows = ends.all(db).await.unwrap();
        let expected: Vec<_> = [10, 20, 20, 5, 15, 20]
            .map(|points| (Some("c".to_owned()), Some(dec("0.05")), Some(20), None, Some(points)))
            .into();
        assert_eq!(rows, expected);
        let sorted = Run::objects()
            .order_by(|r| (r.price.lag(1).order_by(r.id).desc().nulls_last(), r.id))
            .values(|r| r.id);
        assert_eq!(sorted.all(db).await.unwrap(), [6, 5, 4, 3, 2, 1]);
        let selected = Run::objects()
            .values(|r| (r.id, r.bonus.lag(1).order_by(r.id)))
            .order_by(|r| (r.bonus.lag(1).order_by(r.id).desc(), r.id));
        assert_eq!(
            selected.all(db).await.unwrap(),
            [(1, None), (3, None), (5, None), (6, Some(5)), (4, Some(3)), (2, Some(1))]
        );
    });
}

#[test]
fn aggregates_over_windows() {
    with(async |db| {
        let sums = all().values(|r| {
            (
                r.points.sum().over().order_by(r.id),
                r.price.sum().over().order_by(r.id),
                r.price.avg().over().partition_by(r.team),
                r.id.count().over(),
                count_rows().over().partition_by(r.team),
            )
        });
        let expected = [
            (Some(10), Some(dec("1.10")), Some(dec("2.2")), 6, 3),
            (Some(30), Some(dec("3.30")), Some(dec("2.2")), 6, 3),
            (Some(50), Some(dec("6.60")), Some(dec("2.2")), 6, 3),
            (Some(55), Some(dec("15.60")), Some(dec("9.5")), 6, 2),
            (Some(70), Some(dec("25.60")), Some(dec("9.5")), 6, 2),
            (Some(90), Some(dec("25.65")), Some(dec("0.05")), 6, 1),
        ];
        assert_eq!(sums.all(db).await.unwrap(), expected);
        let extremes = all().values(|r| {
            (
                r.price.min().over().order_by(r.id).rows(-1..=0),
                r.price.max().over().order_by(r.id).rows(-1..=1),
                r.bonus.sum().over().order_by(r.id).rows(-1..=0),
                r.bonus.count().over().order_by(r.id),
            )
        });
        let expected = [
            (Some(dec("1.1")), Some(dec("2.2")), Some(1), 1),
            (Some(dec("1.1")), Some(dec("3.3")), Some(1), 1),
            (Some(dec("2.2")), Some(dec("9")), Some(3), 2),
            (Some(dec("3.3")), Some(dec("10")), Some(3), 2),
            (Some(dec("9")), Some(dec("10")), Some(5), 3),
            (Some(dec("0.05")), Some(dec("10")), Some(5), 3),
        ];
        assert_eq!(extremes.all(db).await.unwrap(), expected);
        let filtered = all().values(|r| {
            (
                r.points.sum().filter(r.team.ne("a")).over().order_by(r.id),
                r.points.gt(5).bool_and().over().order_by(r.id),
                r.points.bit_or().over().order_by(r.id).rows(-1..=0),
                r.bonus.sum().over().order_by(r.id).rows(1..=1).default(0),
            )
        });
        let expected = [
            (None, Some(true), Some(10), 0),
            (None, Some(true), Some(30), 3),
            (None, Some(true), Some(20), 0),
            (Some(5), Some(false), Some(21), 5),
            (Some(20), Some(false), Some(15), 0),
            (Some(40), Some(false), Some(31), 0),
        ];
        assert_eq!(filtered.all(db).await.unwrap(), expected);
        let share = all().values(|r| r.price * 100 / r.price.sum().over()).all(db).await.unwrap();
        assert_eq!(share[5], Some(dec("0.1949317738791423")));
    });
}

#[test]
fn spread_over_sliding_frames() {
    with(async |db| {
        let rows = all()
            .values(|r| {
                (
                    r.speed.stddev().over().order_by(r.id).rows(-1..=0),
                    r.price.variance().over().order_by(r.id),
                    r.points.var_samp().over().order_by(r.id).rows(-1..=1),
                    r.points.stddev_samp().over().partition_by(r.team),
                )
            })
            .all(db)
            .await
            .unwrap();
        let speeds = [1.5, 2.5, 0.5, 4.0, 8.0, 1.0_f64];
        for (at, row) in rows.iter().enumerate() {
            let before = speeds[at.saturating_sub(1)];
            assert!((row.0.unwrap() - (speeds[at] - before).abs() / 2.0).abs() < 1e-9, "{at} {row:?}");
        }
        assert!((rows[2].1.unwrap() - 2.42 / 3.0).abs() < 1e-9, "{:?}", rows[2]);
        assert!((rows[1].2.unwrap() - 100.0 / 3.0).abs() < 1e-9, "{:?}", rows[1]);
        assert_eq!((rows[5].3, rows[0].2), (None, Some(50.0)));
        // What has left the frame leaves nothing behind.
        Run::objects().pk(1).update(db, |r| r.speed.set(1e12)).await.unwrap();
        let rows =
            all().values(|r| r.speed.stddev().over().order_by(r.id).rows(-1..=0)).all(db).await.unwrap();
        assert!((rows[2].unwrap() - 1.0).abs() < 1e-3, "{rows:?}");
    });
}

#[test]
fn frames() {
    with(async |db| {
        let rows = all().values(|r| {
            (
                r.points.sum().over().order_by(r.id).rows(..),
                r.points.sum().over().order_by(r.id).rows(0..),
                r.points.sum().over().order_by(r.id).rows(..=-1),
                r.points.sum().over().order_by(r.id).rows(-1..2),
                r.points.sum().over().order_by(r.id).rows(1..=2),
            )
        });
        let expected = [
            (Some(90), Some(90), None, Some(30), Some(40)),
            (Some(90), Some(80), Some(10), Some(50), Some(25)),
            (Some(90), Some(60), Some(30), Some(45), Some(20)),
            (Some(90), Some(40), Some(50), Some(40), Some(35)),
            (Some(90), Some(35), Some(55), Some(40), Some(20)),
            (Some(90), Some(20), Some(70), Some(35), None),
        ];
        assert_eq!(rows.all(db).await.unwrap(), expected);
        let range = all().values(|r| {
            (
                r.points.sum().over().order_by(r.points),
                r.id.count().over().order_by(r.points).range(-5..=5),
                r.id.count().over().order_by(r.speed.desc()).range(-1..=0),
                r.id.count().over().order_by(r.points).range(0..),
            )
        });
        assert_eq!(
            range.all(db).await.unwrap(),
            [
                (Some(15), 3, 2, 5),
                (Some(90), 4, 1, 3),
                (Some(90), 4, 3, 3),
                (Some(5), 2, 1, 6),
                (Some(30), 5, 1, 4),
                (Some(90), 4, 2, 3)
            ]
        );
        for wrong in [
            all().values(|r| r.id.count().over().order_by((r.points, r.id)).range(-1..=1)),
            all().values(|r| r.id.count().over().range(-1..=1)),
            all().values(|r| r.id.count().over().order_by(r.team).range(-1..=1)),
            all().values(|r| r.id.count().over().order_by(r.id).rows(2..2)),
            all().values(|r| r.id.count().distinct().over()),
        ] {
            let refused = wrong.all(db).await;
            assert!(matches!(refused, Err(Error::InvalidQuery(_))), "{refused:?}");
        }
        let of_decimals = all().values(|r| r.id.count().over().order_by(r.price).range(-1..=1)).all(db).await;
        match db.dialect() {
            // docs/guide/src/differences.md: A frame by `range` of decimals
            Dialect::Sqlite => {
                assert!(matches!(of_decimals, Err(Error::Unsupported { .. })), "{of_decimals:?}");
            }
            _ => assert_eq!(of_decimals.unwrap(), [1, 1, 1, 2, 2, 1]),
        }
    });
}

#[test]
fn frames_by_groups_and_with_rows_left_out() {
    with(async |db| {
        let groups = all().values(|r| {
            (
                r.points.sum().over().order_by(r.points).groups(-1..=0),
                r.id.count().over().order_by(r.points).rows(..).exclude_current_row(),
                r.id.count().over().order_by(r.points).rows(..).exclude_group(),
                r.id.count().over().order_by(r.points).rows(..).exclude_ties(),
                r.price.sum().over().order_by(r.id).rows(-1..=1).exclude_current_row(),
            )
        });
        // docs/guide/src/differences.md: `exclude_current_row()`
        if !has_groups(db) {
            assert!(matches!(groups.all(db).await, Err(Error::Unsupported { .. })));
            for part in [
                all().values(|r| r.id.count().over().order_by(r.points).groups(..=0)),
                all().values(|r| r.id.count().over().order_by(r.points).exclude_ties()),
            ] {
                assert!(matches!(part.all(db).await, Err(Error::Unsupported { .. })));
            }
            return;
        }
        let expected = [
            (Some(15), 5, 5, 6, Some(dec("2.20"))),
            (Some(75), 5, 3, 4, Some(dec("4.40"))),
            (Some(75), 5, 3, 4, Some(dec("11.20"))),
            (Some(5), 5, 5, 6, Some(dec("13.30"))),
            (Some(25), 5, 5, 6, Some(dec("9.05"))),
            (Some(75), 5, 3, 4, Some(dec("10.00"))),
        ];
        assert_eq!(groups.all(db).await.unwrap(), expected);
        let left_out =
            all().values(|r| r.points.sum().over().order_by(r.points).exclude_group()).all(db).await.unwrap();
        assert_eq!(left_out, [Some(5), Some(30), Some(30), None, Some(15), Some(30)]);
    });
}

#[test]
fn windows_over_groups() {
    with(async |db| {
        let teams = Run::objects()
            .values(|r| {
                (
                    r.team,
                    r.points.sum(),
                    rank().order_by(r.points.sum().desc()),
                    row_number().order_by(r.price.avg()),
                )
            })
            .order_by(|r| r.team);
        assert_eq!(
            teams.all(db).await.unwrap(),
            [("a".into(), Some(50), 1, 2), ("b".into(), Some(20), 2, 3), ("c".into(), Some(20), 2, 1)]
        );
    });
}

#[test]
fn conditions_on_windows() {
    with(async |db| {
        let best = || {
            Run::objects()
                .qualify(|r| row_number().partition_by(r.team).order_by((r.points.desc(), r.id)).eq(1))
                .order_by(|r| r.id)
        };
        assert_eq!(best().values(|r| r.id).all(db).await.unwrap(), [2, 5, 6]);
        assert_eq!(best().count(db).await.unwrap(), 3);
        assert_eq!(best().limit(2).count(db).await.unwrap(), 2);
        assert!(best().exists(db).await.unwrap());
        assert_eq!(best().order_by(|r| r.price.desc()).limit(1).all(db).await.unwrap()[0].id, 5);
        assert_eq!(best().order_by(|r| r.id).offset(1).values(|r| r.team).all(db).await.unwrap(), ["b", "c"]);
        // All other conditions come first: they decide which rows there are to be numbered.
        let of_two = best().filter(|r| r.points.lt(20));
        assert_eq!(of_two.clone().values(|r| r.id).all(db).await.unwrap(), [1, 5]);
        assert_eq!(of_two.count(db).await.unwrap(), 2);
        assert!(!Run::objects().qualify(|r| rank().order_by(r.id).gt(6)).exists(db).await.unwrap());
        let twice = best().qualify(|r| r.price.sum().over().partition_by(r.team).gt(dec("10")));
        assert_eq!(
            twice.values(|r| (r.id, r.price.sum().over().partition_by(r.team))).all(db).await.unwrap(),
            [(5, Some(dec("19")))]
        );
        let either = Run::objects()
            .qualify(|r| row_number().order_by(r.id).eq(1) | r.bonus.lag(1).order_by(r.id).eq(5))
            .order_by(|r| r.id);
        assert_eq!(either.values(|r| r.id).all(db).await.unwrap(), [1, 6]);
        let annotated = best().annotate(|r| rank().order_by(r.speed)).all(db).await.unwrap();
        assert_eq!(
            annotated.iter().map(|(run, rank)| (run.id, *rank)).collect::<Vec<_>>(),
            [(2, 4), (5, 6), (6, 2)]
        );
    });
}

#[test]
fn everything_but_an_aggregate_stands_beside_a_row() {
    with(async |db| {
        let rows: Vec<(Run, i64, i64, Option<i64>, bool)> = Run::objects()
            .order_by(|r| r.id)
            .limit(2)
            .annotate(|r| {
                let ids = Run::objects().order_by(|inner| inner.id.desc()).limit(1).values(|inner| inner.id);
                (count_rows().over(), value(7_i64), subquery(ids), r.id.gt(1))
            })
            .all(db)
            .await
            .unwrap();
        let values = rows.iter().map(|row| (row.0.id, row.1, row.2, row.3, row.4)).collect::<Vec<_>>();
        assert_eq!(values, [(1, 6, 7, Some(6), false), (2, 6, 7, Some(6), true)]);
        // The types do not see an aggregate within a window.
        let hidden = Run::objects().annotate(|r| rank().order_by(r.id.sum())).all(db).await.unwrap_err();
        assert_eq!(
            hidden.to_string(),
            "invalid query: aggregates need groups: use `values`, whose plain columns are what rows of a group have in \
             common"
        );
    });
}
