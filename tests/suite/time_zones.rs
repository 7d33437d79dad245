//! What clocks show in a time zone, and when days begin there: gaps and overlaps, on every database.

use chrono::FixedOffset;
use orm::Error;
use orm::prelude::*;
use orm::value::Zone;

#[derive(Model, Debug, Clone, PartialEq)]
struct Call {
    #[field(primary_key)]
    id: i64,
    at: DateTime<Utc>,
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect(text)
}

fn wall(text: &str) -> NaiveDateTime {
    text.parse().expect(text)
}

async fn fill(db: &crate::support::Db, instants: impl IntoIterator<Item = DateTime<Utc>>) {
    for at in instants {
        Call::objects().create(db, |c| c.at(at)).await.expect("created");
    }
}

/// Clocks, checked against the `jiff` crate, around every change of a year, and before and after there were any.
#[test]
fn clocks_of_zones() {
    crate::support::run(models![Call], async |db| {
        let mut instants = vec![
            utc("1893-03-31T23:06:31Z"),
            utc("1893-03-31T23:06:32Z"),
            utc("1916-04-30T21:59:59.999999Z"),
            utc("1969-12-31T23:59:59.500000Z"),
            utc("1980-04-06T01:00:00Z"),
            utc("2037-10-25T01:00:00Z"),
            utc("2038-03-28T01:00:00Z"),
            utc("2099-10-25T00:59:59.999999Z"),
            utc("2099-10-25T01:00:00Z"),
        ];
        for change in
            ["2024-03-10T07:00:00Z", "2024-03-31T01:00:00Z", "2024-10-27T01:00:00Z", "2024-11-03T06:00:00Z"]
        {
            for micros in [-3_600_000_000, -1, 0, 1, 3_600_000_000] {
                instants.push(utc(change) + TimeDelta::microseconds(micros));
            }
        }
        fill(db, instants.clone()).await;
        for zone in [
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "UTC",
        ] {
            let jiff = jiff::tz::TimeZoneDatabase::bundled().get(zone).expect("a zone");
            let rows = Call::objects()
                .order_by(|c| c.id)
                .values(|c| (c.at.in_zone(zone), c.at.in_zone(zone).hour(), c.at.in_zone(zone).date()))
                .all(db)
                .await
                .expect("read");
            for (at, row) in instants.iter().zip(rows) {
                let second = jiff::Timestamp::from_second(at.timestamp()).expect("a second");
                let offset = TimeDelta::seconds(jiff.to_offset(second).seconds().into());
                let shown = at.naive_utc() + offset;
                let hour = chrono::Timelike::hour(&shown);
                assert_eq!(row, (shown, i32::try_from(hour).expect("small"), shown.date()), "{at} in {zone}");
            }
        }
    });
}

#[test]
fn offsets_and_other_ways_to_name_a_zone() {
    crate::support::run(models![Call], async |db| {
        fill(db, [utc("2024-06-30T23:15:00.000001Z")]).await;
        for (zone, shown) in [
            ("+02:00", "2024-07-01T01:15:00.000001"),
            ("-0530", "2024-06-30T17:45:00.000001"),
            ("+00:00", "2024-06-30T23:15:00.000001"),
            ("utc", "2024-06-30T23:15:00.000001"),
            ("+14", "2024-07-01T13:15:00.000001"),
            ("Etc/GMT-2", "2024-07-01T01:15:00.000001"),
            ("europe/paris", "2024-07-01T01:15:00.000001"),
        ] {
            let got = Call::objects().values(|c| c.at.in_zone(zone)).get(db).await.expect("read");
            assert_eq!(got, wall(shown), "{zone}");
            let july = Call::objects()
                .filter(|c| c.at.in_zone(zone).month().eq(7))
                .count(db)
                .await
                .expect("counted");
            assert_eq!(july, u64::from(shown.contains("-07-")), "{zone}");
            let day = Call::objects()
                .values(|c| c.at.trunc_day_in(zone).in_zone(zone))
                .get(db)
                .await
                .expect("read");
            assert_eq!(day, wall(shown).date().and_time(NaiveTime::MIN), "{zone}");
        }
        let east = FixedOffset::east_opt(5 * 3600 + 1).expect("an offset");
        let zone = Zone::named("Europe/Berlin").expect("a zone");
        let (first, second, third) = Call::objects()
            .values(|c| (c.at.in_zone(east), c.at.in_zone(&zone), c.at.in_zone(Utc)))
            .get(db)
            .await
            .expect("read");
        assert_eq!(first, wall("2024-07-01T04:15:01.000001"));
        assert_eq!((second, third), (wall("2024-07-01T01:15:00.000001"), wall("2024-06-30T23:15:00.000001")));
    });
}

#[test]
fn an_unknown_zone_is_an_error_before_anything_is_sent() {
    crate::support::run(models![Call], async |db| {
        for zone in ["Europe/Bärlin", "", "+25:00", "'; DROP TABLE call; --"] {
            let refused = Call::objects().filter(|c| c.at.in_zone(zone).year().eq(2024)).count(db).await;
            assert!(matches!(refused, Err(Error::Value(_))), "{zone}: {refused:?}");
            for dialect in orm::Dialect::ALL {
                let refused = Call::objects().values(|c| c.at.trunc_day_in(zone)).sql(dialect);
                assert!(matches!(refused, Err(Error::Value(_))), "{zone}: {refused:?}");
            }
        }
    });
}

/// Clocks in Berlin are set back from 03:00 to 02:00: there are two hours of that name.
#[test]
fn hours_of_one_name_are_two() {
    crate::support::run(models![Call], async |db| {
        let instants = ["00:00:00", "00:45:00", "01:00:00", "01:59:59.999999", "02:10:00"]
            .map(|time| utc(&format!("2024-10-27T{time}Z")));
        fill(db, instants).await;
        let rows = Call::objects()
            .order_by(|c| c.id)
            .values(|c| {
                (
                    c.at.trunc_hour_in("Europe/Berlin"),
                    c.at.trunc_day_in("Europe/Berlin"),
                    c.at.in_zone("Europe/Berlin").trunc_hour(),
                )
            })
            .all(db)
            .await
            .expect("read");
        let day = utc("2024-10-26T22:00:00Z");
        assert_eq!(
            rows,
            [
                (utc("2024-10-27T00:00:00Z"), day, wall("2024-10-27T02:00:00")),
                (utc("2024-10-27T00:00:00Z"), day, wall("2024-10-27T02:00:00")),
                (utc("2024-10-27T01:00:00Z"), day, wall("2024-10-27T02:00:00")),
                (utc("2024-10-27T01:00:00Z"), day, wall("2024-10-27T02:00:00")),
                (utc("2024-10-27T02:00:00Z"), day, wall("2024-10-27T03:00:00")),
            ]
        );
        let hours =
            Call::objects().datetimes_in(|c| c.at, DateTimeKind::Hour, "Europe/Berlin").count(db).await;
        assert_eq!(hours.expect("counted"), 3);
        let groups = Call::objects()
            .values(|c| (c.at.trunc_hour_in("Europe/Berlin"), c.id.count()))
            .order_by(|c| c.at.trunc_hour_in("Europe/Berlin"))
            .all(db)
            .await
            .expect("grouped");
        assert_eq!(groups.iter().map(|group| group.1).collect::<Vec<_>>(), [2, 2, 1]);
    });
}

/// Zone, an instant, and when its day began there.
const DAYS: [(&str, &str, &str); 15] = [
    // The hour from 02:00 is skipped.
    ("Europe/Berlin", "2024-03-31T10:00:00Z", "2024-03-30T23:00:00Z"),
    ("Europe/Berlin", "2024-03-31T22:00:00Z", "2024-03-31T22:00:00Z"),
    // Midnight is skipped.
    ("America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03T03:00:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z"),
    ("America/Sao_Paulo", "2018-11-04T20:00:00Z", "2018-11-04T03:00:00Z"),
    // The hour before midnight is skipped.
    ("America/Nuuk", "2024-03-31T00:59:59Z", "2024-03-30T02:00:00Z"),
    ("America/Nuuk", "2024-03-31T05:00:00Z", "2024-03-31T01:00:00Z"),
    // Midnight comes twice.
    ("America/Havana", "2024-11-03T04:30:00Z", "2024-11-03T04:00:00Z"),
    ("America/Havana", "2024-11-03T05:00:00Z", "2024-11-03T04:00:00Z"),
    ("America/Havana", "2024-11-03T12:00:00Z", "2024-11-03T04:00:00Z"),
    // The hour before midnight comes twice.
    ("America/Nuuk", "2024-10-27T00:30:00Z", "2024-10-26T01:00:00Z"),
    ("America/Nuuk", "2024-10-27T01:30:00Z", "2024-10-26T01:00:00Z"),
    ("America/Nuuk", "2024-10-27T02:00:00Z", "2024-10-27T02:00:00Z"),
    // A day is skipped.
    ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
];

#[test]
fn days_begin_where_clocks_change() {
    crate::support::run(models![Call], async |db| {
        for (zone, at, begins) in DAYS {
            let call = Call::objects().create(db, |c| c.at(utc(at))).await.expect("created");
            let day =
                Call::objects().pk(call.id).values(|c| c.at.trunc_day_in(zone)).get(db).await.expect("read");
            assert_eq!(day, utc(begins), "the day of {at} in {zone}");
        }
        // All units: the same day, computed from what clocks show.
        let call =
            Call::objects().create(db, |c| c.at(utc("2024-06-05T22:30:15.5Z"))).await.expect("created");
        let zone = "Europe/Berlin";
        for (kind, begins) in [
            (DateTimeKind::Year, "2023-12-31T23:00:00Z"),
            (DateTimeKind::Quarter, "2024-03-31T22:00:00Z"),
            (DateTimeKind::Month, "2024-05-31T22:00:00Z"),
            (DateTimeKind::Week, "2024-06-02T22:00:00Z"),
            (DateTimeKind::Day, "2024-06-05T22:00:00Z"),
            (DateTimeKind::Hour, "2024-06-05T22:00:00Z"),
            (DateTimeKind::Minute, "2024-06-05T22:30:00Z"),
            (DateTimeKind::Second, "2024-06-05T22:30:15Z"),
        ] {
            let begin = Call::objects().pk(call.id).values(|c| c.at.trunc_in(kind, zone)).get(db).await;
            assert_eq!(begin.expect("read"), utc(begins), "{kind:?}");
        }
    });
}

/// Years of a zone are ranges of instants; where clocks change at midnight of New Year, they are counted one by one.
#[test]
fn years_of_a_zone() {
    crate::support::run(models![Call], async |db| {
        let (last, first) = (utc("2023-12-31T22:59:59.999999Z"), utc("2023-12-31T23:00:00Z"));
        fill(db, [last, first, utc("2024-12-31T22:59:59.999999Z"), utc("2024-12-31T23:00:00Z")]).await;
        let count = async |year: i32| {
            let calls = Call::objects().filter(|c| c.at.in_zone("Europe/Berlin").year().eq(year));
            calls.count(db).await.expect("counted")
        };
        assert_eq!((count(2023).await, count(2024).await, count(2025).await), (1, 2, 1));
        // An offset that is no whole minute: 44 minutes and 30 seconds behind UTC.
        fill(db, [utc("1971-12-31T23:59:59Z"), utc("1972-01-01T00:44:29Z"), utc("1972-01-01T00:44:30Z")])
            .await;
        let calls = Call::objects().filter(|c| c.at.in_zone("Africa/Monrovia").year().eq(1972));
        assert_eq!(calls.count(db).await.expect("counted"), 1);
    });
}

#[test]
fn after_the_last_known_rule() {
    crate::support::run(models![Call], async |db| {
        fill(db, [utc("2150-07-01T12:00:00Z")]).await;
        // Without changes of clocks there is nothing to know.
        let kolkata = Call::objects().values(|c| c.at.in_zone("Asia/Kolkata")).get(db).await.expect("read");
        assert_eq!(kolkata, wall("2150-07-01T17:30:00"));
        match Call::objects().values(|c| c.at.in_zone("Europe/Berlin")).get(db).await {
            Ok(berlin) => assert_eq!(berlin, wall("2150-07-01T14:00:00")),
            Err(error) => {
                assert_eq!(error.kind(), Some(orm::error::DatabaseErrorKind::DataError), "{error:?}");
            }
        }
    });
}

#[test]
fn zones_of_zones_are_bounded() {
    let twice = Call::objects()
        .values(|c| c.at.trunc_day_in("Europe/Berlin").trunc_day_in("Asia/Tokyo").in_zone("UTC"));
    for dialect in orm::Dialect::ALL {
        assert!(twice.clone().sql(dialect).is_ok_and(|sql| sql.len() < 400_000), "{}", dialect.name());
        let deep = Call::objects().values(|c| {
            let mut at = c.at.trunc_day_in("Europe/Berlin");
            for _ in 0..40 {
                at = at.trunc_day_in("Europe/Berlin");
            }
            at
        });
        assert!(matches!(deep.sql(dialect), Err(Error::InvalidQuery(_))), "{}", dialect.name());
    }
}
