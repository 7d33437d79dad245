//! Parts and beginnings of dates and times, zones, dates and datetimes.

use orm::chrono::TimeDelta;
use orm::prelude::*;

use super::scenarios;
use crate::models::{Book, Review, Sale};

const VIENNA: &str = "Europe/Vienna";
const NEW_YORK: &str = "America/New_York";

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

fn reviews() -> QuerySet<Review> {
    Review::objects().order_by(|r| r.id)
}

scenarios! { "moments":
    parts_of_a_date(db) {
        books().values(|b| (b.published.year(), b.published.month(), b.published.day())).all(db).await?
    }
    weeks_of_a_date(db) {
        books().values(|b| (b.published.week(), b.published.iso_year(), b.published.quarter())).all(db).await?
    }
    days_of_the_week(db) {
        books().values(|b| (b.published.week_day(), b.published.iso_week_day())).all(db).await?
    }
    parts_of_a_moment(db) {
        reviews().values(|r| (r.posted_at.year(), r.posted_at.month(), r.posted_at.day())).all(db).await?
    }
    times_of_a_moment(db) {
        reviews().values(|r| (r.posted_at.hour(), r.posted_at.minute(), r.posted_at.second())).all(db).await?
    }
    parts_of_a_time(db) {
        Sale::objects()
            .order_by(|s| s.id)
            .values(|s| (s.sold_at.hour(), s.sold_at.minute(), s.sold_at.second()))
            .all(db)
            .await?
    }
    beginnings_of_a_date(db) {
        books()
            .values(|b| {
                let p = b.published;
                (p.trunc_year(), p.trunc_quarter(), p.trunc_month(), p.trunc_week())
            })
            .all(db)
            .await?
    }
    beginnings_of_a_moment(db) {
        reviews()
            .values(|r| {
                let p = r.posted_at;
                (p.trunc_year(), p.trunc_quarter(), p.trunc_month(), p.trunc_week())
            })
            .all(db)
            .await?
    }
    small_beginnings_of_a_moment(db) {
        reviews()
            .values(|r| {
                let p = r.posted_at;
                (p.trunc_day(), p.trunc_hour(), p.trunc_minute(), p.trunc_second())
            })
            .all(db)
            .await?
    }
    date_and_time(db) { reviews().values(|r| (r.posted_at.date(), r.posted_at.time())).all(db).await? }
    hours_in_a_zone(db) {
        reviews()
            .values(|r| {
                let there = || r.posted_at.in_zone(VIENNA);
                (there().year(), there().day(), there().hour())
            })
            .all(db)
            .await?
    }
    days_in_a_zone(db) {
        reviews()
            .values(|r| {
                let p = r.posted_at;
                (p.in_zone(NEW_YORK).date(), p.trunc_day_in(NEW_YORK), p.trunc_month_in(NEW_YORK))
            })
            .all(db)
            .await?
    }
    year_lookup(db) { reviews().filter(|r| r.posted_at.year().eq(2021)).all(db).await? }
    year_lookup_across_a_relation(db) { reviews().filter(|r| r.book.published.year().ge(2023)).all(db).await? }
    year_lookup_excluded(db) { books().exclude(|b| b.published.year().eq(2020)).all(db).await? }
    year_at_most(db) { books().filter(|b| b.published.year().le(2019)).all(db).await? }
    month_lookup(db) { books().filter(|b| b.published.month().eq(2)).all(db).await? }
    day_in(db) { books().filter(|b| b.published.day().is_in([1, 29, 31])).all(db).await? }
    date_lookup(db) {
        let day = NaiveDate::from_ymd_opt(2021, 12, 31).unwrap_or_default();
        reviews().filter(|r| r.posted_at.date().eq(day)).all(db).await?
    }
    time_lookup(db) { reviews().filter(|r| r.posted_at.time().eq(NaiveTime::MIN)).all(db).await? }
    hour_lookup(db) { Sale::objects().filter(|s| s.sold_at.hour().ge(20)).order_by(|s| s.id).all(db).await? }
    week_day_lookup(db) { Sale::objects().filter(|s| s.sold_on.week_day().eq(1)).order_by(|s| s.id).all(db).await? }
    iso_year_lookup(db) { books().filter(|b| b.published.iso_year().eq(2019)).all(db).await? }
    quarters_as_groups(db) {
        Review::objects()
            .values(|r| (r.posted_at.trunc_quarter(), r.id.count(), r.votes.max()))
            .order_by(|r| r.posted_at.trunc_quarter())
            .all(db)
            .await?
    }
    years_as_groups(db) {
        Book::objects()
            .filter(|b| b.published.is_not_null())
            .values(|b| (b.published.year(), b.id.count()))
            .order_by(|b| b.published.year())
            .all(db)
            .await?
    }
    dates(db) { Book::objects().dates(|b| b.published, DateKind::Month).all(db).await? }
    dates_of_years(db) {
        Book::objects().filter(|b| b.in_print).dates(|b| b.published, DateKind::Year).all(db).await?
    }
    datetimes(db) { Review::objects().datetimes(|r| r.posted_at, DateTimeKind::Month).all(db).await? }
    datetimes_in_a_zone(db) {
        Review::objects()
            .filter(|r| r.stars.eq(1))
            .datetimes_in(|r| r.posted_at, DateTimeKind::Day, VIENNA)
            .all(db)
            .await?
    }
    order_by_month(db) {
        Book::objects()
            .filter(|b| b.published.is_not_null())
            .order_by(|b| (b.published.month().desc(), b.published, b.id))
            .all(db)
            .await?
    }
    difference_in_a_condition(db) {
        reviews().filter(|r| r.posted_at.since(r.book.updated_at).gt(TimeDelta::days(200))).all(db).await?
    }
}
