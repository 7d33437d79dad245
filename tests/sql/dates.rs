//! Dates and times.

use orm::prelude::*;

use super::Expected;

#[derive(Model, Debug, Clone)]
struct Visit {
    #[field(primary_key)]
    id: i64,
    day: NaiveDate,
    time: NaiveTime,
    at: DateTime<Utc>,
    length: Option<TimeDelta>,
}

#[track_caller]
fn conditions(query: &QuerySet<Visit>, expected: &Expected) {
    for (dialect, text) in expected.each() {
        let sql = query.clone().sql(dialect).expect("a text");
        let (_, condition) = sql.split_once(" WHERE ").expect("a condition");
        assert_eq!(condition, text, "{}", dialect.name());
    }
}

#[test]
fn a_year_is_a_range() {
    conditions(
        &Visit::objects().filter(|v| v.at.year().eq(2024) & v.day.iso_year().lt(2024)),
        &Expected {
            postgres: r#""at" BETWEEN $1 AND $2 AND "day" < $3"#,
            mysql: "`at` BETWEEN ? AND ? AND `day` < ?",
            mariadb: "`at` BETWEEN ? AND ? AND `day` < ?",
            sqlite: r#""at" BETWEEN ? AND ? AND "day" < ?"#,
        },
    );
    conditions(
        &Visit::objects().filter(|v| v.at.in_zone("Europe/Berlin").year().is_in([2020, 2024, 2021])),
        &Expected {
            postgres: r#"("at" BETWEEN $1 AND $2 OR "at" BETWEEN $3 AND $4)"#,
            mysql: "(`at` BETWEEN ? AND ? OR `at` BETWEEN ? AND ?)",
            mariadb: "(`at` BETWEEN ? AND ? OR `at` BETWEEN ? AND ?)",
            sqlite: r#"("at" BETWEEN ? AND ? OR "at" BETWEEN ? AND ?)"#,
        },
    );
}

/// A year that the database cannot hold is compared as a number.
#[test]
fn a_year_beyond_the_calendar_is_a_number() {
    conditions(
        &Visit::objects().filter(|v| v.day.year().gt(-1_000_000)),
        &Expected {
            postgres: r#"CAST(EXTRACT(YEAR FROM "day") AS integer) > $1"#,
            mysql: "EXTRACT(YEAR FROM `day`) > ?",
            mariadb: "EXTRACT(YEAR FROM `day`) > ?",
            sqlite: r#"orm_date_part('year', "day") > ?"#,
        },
    );
}

#[test]
fn parts_and_beginnings() {
    conditions(
        &Visit::objects().filter(|v| v.at.week_day().eq(1) & v.time.second().eq(0)),
        &Expected {
            postgres: r#"CAST(EXTRACT(DOW FROM "at" AT TIME ZONE 'UTC') + 1 AS integer) = $1 AND CAST(FLOOR(EXTRACT(SECOND FROM "time")) AS integer) = $2"#,
            mysql: "DAYOFWEEK(`at`) = ? AND SECOND(`time`) = ?",
            mariadb: "DAYOFWEEK(`at`) = ? AND SECOND(`time`) = ?",
            sqlite: r#"orm_date_part('week_day', "at") = ? AND orm_date_part('second', "time") = ?"#,
        },
    );
    conditions(
        &Visit::objects().filter(|v| v.day.trunc_month().eq(v.day) & v.at.date().eq(v.day)),
        &Expected {
            postgres: r#"CAST(DATE_TRUNC('month', CAST("day" AS timestamp)) AS date) = "day" AND CAST("at" AT TIME ZONE 'UTC' AS date) = "day""#,
            mysql: "CAST(TIMESTAMPADD(MONTH, TIMESTAMPDIFF(MONTH, TIMESTAMP'0001-01-01 00:00:00', `day`), TIMESTAMP'0001-01-01 00:00:00') AS DATE) = `day` AND CAST(`at` AS DATE) = `day`",
            mariadb: "CAST(TIMESTAMPADD(MONTH, TIMESTAMPDIFF(MONTH, TIMESTAMP'0001-01-01 00:00:00', `day`), TIMESTAMP'0001-01-01 00:00:00') AS DATE) = `day` AND CAST(`at` AS DATE) = `day`",
            sqlite: r#"orm_date_trunc('month', "day") = "day" AND orm_date("at") = "day""#,
        },
    );
}

#[test]
fn lengths_of_time() {
    conditions(
        &Visit::objects().filter(|v| (v.at + v.length).since(now()).gt(TimeDelta::hours(1))),
        &Expected {
            postgres: r#"(("at" + "length") - STATEMENT_TIMESTAMP()) > $1"#,
            mysql: "TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'0001-01-01 00:00:00', `at`) + `length` + 8907834139255175808 - 8907834139255175808 - 9223372036854775807 - 1 + 9223372036854775807 + 1, TIMESTAMP'0001-01-01 00:00:00')) > ?",
            mariadb: "TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'0001-01-01 00:00:00', `at`) + `length` + 8907834139255175808 - 8907834139255175808 - 9223372036854775807 - 1 + 9223372036854775807 + 1, TIMESTAMP'0001-01-01 00:00:00')) > ?",
            sqlite: r#"orm_since(orm_at_add("at", "length"), REPLACE(STRFTIME('%Y-%m-%d %H:%M:%f000', 'now'), '.000000', '')) > ?"#,
        },
    );
}

#[test]
fn zones() {
    conditions(
        &Visit::objects().filter(|v| v.at.in_zone("+02:00").hour().eq(7)),
        &Expected {
            postgres: r#"CAST(EXTRACT(HOUR FROM ("at" AT TIME ZONE CAST($1 AS interval))) AS integer) = $2"#,
            mysql: "HOUR(TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'0001-01-01 00:00:00', `at`) + 7200 * 1000000 + 8907834139255175808 - 8907834139255175808 - 9223372036854775807 - 1 + 9223372036854775807 + 1, TIMESTAMP'0001-01-01 00:00:00')) = ?",
            mariadb: "HOUR(TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'0001-01-01 00:00:00', `at`) + 7200 * 1000000 + 8907834139255175808 - 8907834139255175808 - 9223372036854775807 - 1 + 9223372036854775807 + 1, TIMESTAMP'0001-01-01 00:00:00')) = ?",
            sqlite: r#"orm_date_part('hour', orm_in_zone("at", ?)) = ?"#,
        },
    );
    // A table of the boundaries between offsets: Liberia has had three.
    let sql =
        Visit::objects().values(|v| v.at.in_zone("Africa/Monrovia")).sql(Dialect::MySql).expect("a text");
    let table = "CAST(ELT(ASCII(MID('ABC', INTERVAL(TO_SECONDS(`at`), 60562860188, 62230812270) + 1, 1)) - 64, -2588, -2670, 0) AS SIGNED)";
    assert!(sql.contains(table), "{sql}");
}

#[test]
fn dates_of_which_there_are_rows() {
    let dates = Visit::objects().dates(|v| v.day, DateKind::Year);
    for (dialect, text) in (Expected {
        postgres: r#"SELECT DISTINCT CAST(DATE_TRUNC('year', CAST("day" AS timestamp)) AS date) AS "orm_0" FROM "visit" WHERE "day" IS NOT NULL ORDER BY "orm_0""#,
        mysql: "SELECT DISTINCT CAST(TIMESTAMPADD(YEAR, TIMESTAMPDIFF(YEAR, TIMESTAMP'0001-01-01 00:00:00', `day`), TIMESTAMP'0001-01-01 00:00:00') AS DATE) AS `orm_0` FROM `visit` WHERE `day` IS NOT NULL ORDER BY `orm_0`",
        mariadb: "SELECT DISTINCT CAST(TIMESTAMPADD(YEAR, TIMESTAMPDIFF(YEAR, TIMESTAMP'0001-01-01 00:00:00', `day`), TIMESTAMP'0001-01-01 00:00:00') AS DATE) AS `orm_0` FROM `visit` WHERE `day` IS NOT NULL ORDER BY `orm_0`",
        sqlite: r#"SELECT DISTINCT orm_date_trunc('year', "day") AS "orm_0" FROM "visit" WHERE "day" IS NOT NULL ORDER BY "orm_0""#,
    })
    .each()
    {
        assert_eq!(dates.clone().sql(dialect).expect("a text"), text, "{}", dialect.name());
    }
}
