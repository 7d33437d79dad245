//! Lengths of time: added to dates and times, between them, together; exact to the microsecond, or a typed error.

use orm::prelude::*;
use orm::{Error, error::DatabaseErrorKind};

#[derive(Model, Debug, Clone, PartialEq)]
struct Stay {
    #[field(primary_key)]
    id: i64,
    day: NaiveDate,
    time: NaiveTime,
    local: NaiveDateTime,
    starts: DateTime<Utc>,
    ends: Option<DateTime<Utc>>,
    length: TimeDelta,
    pause: Option<TimeDelta>,
}

const STARTS: [&str; 7] = [
    "0001-01-02T03:04:05.000006Z",
    "1900-03-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "2000-02-28T12:00:00.500000Z",
    "2024-03-31T00:59:59.999999Z",
    "2024-12-31T23:59:59.999999Z",
    "9999-12-29T00:00:00Z",
];

fn lengths() -> Vec<TimeDelta> {
    vec![
        TimeDelta::zero(),
        TimeDelta::microseconds(1),
        TimeDelta::microseconds(-1),
        TimeDelta::hours(23) + TimeDelta::microseconds(999_999),
        TimeDelta::days(1),
        -TimeDelta::hours(27),
        TimeDelta::days(2) - TimeDelta::microseconds(1),
    ]
}

async fn fill(db: &crate::support::Db) -> Vec<Stay> {
    let mut rows = Vec::new();
    for start in STARTS {
        let start: DateTime<Utc> = start.parse().expect(start);
        for length in lengths() {
            let at = start.naive_utc();
            let row = Stay::objects()
                .create(db, |s| {
                    s.day(at.date())
                        .time(at.time())
                        .local(at)
                        .starts(start)
                        .ends(start + length)
                        .length(length)
                })
                .await;
            rows.push(row.expect("created"));
        }
    }
    rows
}

#[test]
fn a_length_is_added_to_a_time() {
    crate::support::run(models![Stay], async |db| {
        let stays = fill(db).await;
        // A field.
        let rows = Stay::objects()
            .order_by(|s| s.id)
            .values(|s| (s.starts + s.length, s.local + s.length, s.day + s.length, s.time + s.length))
            .all(db)
            .await
            .expect("added");
        for (stay, row) in stays.iter().zip(rows) {
            let wanted = (
                stay.starts + stay.length,
                stay.local + stay.length,
                stay.day + stay.length,
                stay.time.overflowing_add_signed(stay.length).0,
            );
            assert_eq!(row, wanted, "{stay:?}");
        }
        let rows = Stay::objects()
            .order_by(|s| s.id)
            .filter(|s| s.starts.year().gt(1))
            .values(|s| (s.id, s.starts - s.length, s.local - s.length, s.day - s.length, s.time - s.length))
            .all(db)
            .await
            .expect("subtracted");
        assert!(!rows.is_empty());
        for (id, at, local, day, time) in rows {
            let stay = stays.iter().find(|stay| stay.id == id).expect("known");
            let wanted = (
                stay.starts - stay.length,
                stay.local - stay.length,
                stay.day - stay.length,
                stay.time.overflowing_sub_signed(stay.length).0,
            );
            assert_eq!((at, local, day, time), wanted, "{stay:?}");
        }
        // A value.
        for length in lengths() {
            let rows = Stay::objects()
                .order_by(|s| s.id)
                .values(|s| (s.starts + length, s.local + length, s.day + length, s.time - length))
                .all(db)
                .await
                .expect("added");
            for (stay, row) in stays.iter().zip(rows) {
                let wanted = (
                    stay.starts + length,
                    stay.local + length,
                    stay.day + length,
                    stay.time.overflowing_sub_signed(length).0,
                );
                assert_eq!(row, wanted, "{stay:?} and {length}");
            }
        }
        // Several, and as an operand.
        let same = Stay::objects().filter(|s| {
            (s.starts + s.length + TimeDelta::hours(1) - (s.length + TimeDelta::minutes(60))).eq(s.starts)
                & (s.starts + s.length).eq(s.ends)
        });
        assert_eq!(same.count(db).await.expect("counted"), stays.len() as u64);
        let value: DateTime<Utc> = "2024-03-31T01:00:00Z".parse().expect("an instant");
        let after = Stay::objects().filter(|s| (s.starts + TimeDelta::microseconds(1)).eq(value));
        assert_eq!(after.count(db).await.expect("counted"), lengths().len() as u64);
        let of_value = Stay::objects()
            .order_by(|s| s.id)
            .values(|s| orm::prelude::value(value) + s.length)
            .all(db)
            .await;
        let wanted: Vec<_> = stays.iter().map(|stay| value + stay.length).collect();
        assert_eq!(of_value.expect("added"), wanted);
    });
}

#[test]
fn the_length_between_two_times() {
    crate::support::run(models![Stay], async |db| {
        let stays = fill(db).await;
        let moment: DateTime<Utc> = "2024-01-01T00:00:00.000001Z".parse().expect("an instant");
        let noon = NaiveTime::from_hms_opt(12, 0, 0).expect("a time");
        let rows = Stay::objects()
            .order_by(|s| s.id)
            .values(|s| {
                (
                    s.ends.since(s.starts),
                    s.starts.since(moment),
                    s.local.since(moment.naive_utc()),
                    s.day.since(moment.date_naive()),
                    s.time.since(noon),
                )
            })
            .all(db)
            .await
            .expect("lengths");
        for (stay, row) in stays.iter().zip(rows) {
            let wanted = (
                Some(stay.length),
                stay.starts - moment,
                stay.local - moment.naive_utc(),
                stay.day - moment.date_naive(),
                stay.time - noon,
            );
            assert_eq!(row, wanted, "{stay:?}");
        }
        let day = TimeDelta::days(1);
        for (query, wanted) in [
            (
                Stay::objects().filter(|s| s.ends.since(s.starts).gt(day)),
                stays.iter().filter(|s| s.length > day).count(),
            ),
            (Stay::objects().filter(|s| s.ends.since(s.starts).eq(s.length)), stays.len()),
            (Stay::objects().filter(|s| s.ends.since(s.starts).is_in([day])), STARTS.len()),
            (Stay::objects().filter(|s| s.ends.since(s.starts).lt(TimeDelta::zero())), 2 * STARTS.len()),
        ] {
            assert_eq!(query.count(db).await.expect("counted"), wanted as u64);
        }
    });
}

#[test]
fn lengths_together() {
    crate::support::run(models![Stay], async |db| {
        let stays = fill(db).await;
        let rows = Stay::objects()
            .order_by(|s| s.id)
            .values(|s| (s.length + s.length, s.length - TimeDelta::days(3), s.length + s.pause))
            .all(db)
            .await
            .expect("lengths");
        for (stay, row) in stays.iter().zip(rows) {
            assert_eq!(row, (stay.length + stay.length, stay.length - TimeDelta::days(3), None));
        }
        Stay::objects()
            .update(db, |s| s.pause.set(s.ends.since(s.starts) + TimeDelta::days(1)))
            .await
            .expect("updated");
        let longer = Stay::objects().filter(|s| s.pause.gt(s.length) & s.pause.ge(TimeDelta::hours(-3)));
        assert_eq!(longer.count(db).await.expect("counted"), stays.len() as u64);
    });
}

#[test]
fn sums_and_means_of_lengths() {
    crate::support::run(models![Stay], async |db| {
        let at: DateTime<Utc> = STARTS[3].parse().expect("an instant");
        let add = async |length: TimeDelta, pause: Option<TimeDelta>| {
            let local = at.naive_utc();
            Stay::objects()
                .create(db, |s| {
                    s.day(local.date()).time(local.time()).local(local).starts(at).length(length).pause(pause)
                })
                .await
                .expect("created");
        };
        let all = async || {
            Stay::objects()
                .aggregate(db, |s| {
                    (s.length.sum(), s.length.avg(), s.length.min(), s.length.max(), s.pause.avg())
                })
                .await
                .expect("aggregated")
        };
        assert_eq!(all().await, (None, None, None, None, None));
        add(TimeDelta::days(3), None).await;
        add(TimeDelta::hours(-1), Some(TimeDelta::microseconds(7))).await;
        add(TimeDelta::microseconds(2), None).await;
        let sum = TimeDelta::hours(71) + TimeDelta::microseconds(2);
        let mean = TimeDelta::microseconds((71 * 3_600_000_000 + 2) / 3 + 1);
        let wanted = (
            Some(sum),
            Some(mean),
            Some(TimeDelta::hours(-1)),
            Some(TimeDelta::days(3)),
            Some(TimeDelta::microseconds(7)),
        );
        assert_eq!(mean * 3 - sum, TimeDelta::microseconds(1));
        assert_eq!(all().await, wanted);
        let groups = Stay::objects()
            .values(|s| {
                (s.day, (s.starts + s.length).since(s.starts).sum(), s.length.sum().filter(s.pause.is_null()))
            })
            .get(db)
            .await
            .expect("grouped");
        assert_eq!((groups.1, groups.2), (Some(sum), Some(TimeDelta::days(3) + TimeDelta::microseconds(2))));
    });
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: orm::Result<T>) {
    match result {
        Err(Error::Value(_)) => {}
        Err(error) => assert_eq!(error.kind(), Some(DatabaseErrorKind::DataError), "{error:?}"),
        Ok(rows) => panic!("expected an error about a value, got {rows:?}"),
    }
}

/// Beyond the database's calendar there is no NULL.
#[test]
fn what_leaves_the_calendar_is_an_error() {
    crate::support::run(models![Stay], async |db| {
        let at: DateTime<Utc> = "9999-12-31T23:59:59.999999Z".parse().expect("an instant");
        let local = at.naive_utc();
        Stay::objects()
            .create(db, |s| {
                s.day(local.date())
                    .time(local.time())
                    .local(local)
                    .starts(at)
                    .length(TimeDelta::microseconds(i64::MAX))
            })
            .await
            .expect("created");
        refused(Stay::objects().values(|s| s.starts + s.length).all(db).await);
        refused(Stay::objects().values(|s| s.local + s.length).all(db).await);
        refused(Stay::objects().values(|s| s.day + s.length).all(db).await);
        refused(Stay::objects().values(|s| s.length + s.length).all(db).await);
        let back = TimeDelta::days(9_999 * 366);
        match Stay::objects().values(|s| s.starts - back).all(db).await {
            // PostgreSQL's calendar goes on.
            Ok(rows) => assert_eq!(rows, [at - back]),
            other => refused(other),
        }
        match Stay::objects().values(|s| s.local + TimeDelta::microseconds(1)).all(db).await {
            Ok(rows) => assert_eq!(rows, [local + TimeDelta::microseconds(1)]),
            other => refused(other),
        }
        let deltas = TimeDelta::MAX;
        let invalid = Stay::objects().values(|s| s.starts + deltas).all(db).await;
        assert!(matches!(invalid, Err(Error::Value(_))), "{invalid:?}");
    });
}
