"""Parts and beginnings of dates and times, zones, dates and datetimes."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, DateTimeField, DurationField, ExpressionWrapper, F, Max
from django.db.models.functions import (
    Extract, ExtractDay, ExtractHour, ExtractIsoWeekDay, ExtractIsoYear, ExtractMinute, ExtractMonth, ExtractQuarter,
    ExtractSecond, ExtractWeek, ExtractWeekDay, ExtractYear, TruncDate, TruncDay, TruncHour, TruncMinute, TruncMonth,
    TruncQuarter, TruncSecond, TruncTime, TruncWeek, TruncYear,
)

from shop.models import Author, Book, Review, Sale

_VIENNA = ZoneInfo("Europe/Vienna")
_NEW_YORK = ZoneInfo("America/New_York")


def _reviews(*expressions):
    return list(Review.objects.order_by("id").values_list(*expressions))


def _books(*expressions):
    return list(Book.objects.order_by("id").values_list(*expressions))


def parts_of_a_date():
    return _books(ExtractYear("published"), ExtractMonth("published"), ExtractDay("published"))


def weeks_of_a_date():
    return _books(ExtractWeek("published"), ExtractIsoYear("published"), ExtractQuarter("published"))


def days_of_the_week():
    return _books(ExtractWeekDay("published"), ExtractIsoWeekDay("published"))


def parts_of_a_moment():
    return _reviews(ExtractYear("posted_at"), ExtractMonth("posted_at"), ExtractDay("posted_at"))


def times_of_a_moment():
    return _reviews(ExtractHour("posted_at"), ExtractMinute("posted_at"), ExtractSecond("posted_at"))


def parts_of_a_time():
    return list(Sale.objects.order_by("id").values_list(ExtractHour("sold_at"), ExtractMinute("sold_at"), ExtractSecond("sold_at")))


def beginnings_of_a_date():
    return _books(TruncYear("published"), TruncQuarter("published"), TruncMonth("published"), TruncWeek("published"))


def beginnings_of_a_moment():
    return _reviews(TruncYear("posted_at"), TruncQuarter("posted_at"), TruncMonth("posted_at"), TruncWeek("posted_at"))


def small_beginnings_of_a_moment():
    return _reviews(TruncDay("posted_at"), TruncHour("posted_at"), TruncMinute("posted_at"), TruncSecond("posted_at"))


def date_and_time():
    return _reviews(TruncDate("posted_at"), TruncTime("posted_at"))


def hours_in_a_zone():
    return _reviews(ExtractYear("posted_at", tzinfo=_VIENNA), ExtractDay("posted_at", tzinfo=_VIENNA), ExtractHour("posted_at", tzinfo=_VIENNA))


def days_in_a_zone():
    return _reviews(TruncDate("posted_at", tzinfo=_NEW_YORK), TruncDay("posted_at", tzinfo=_NEW_YORK), TruncMonth("posted_at", tzinfo=_NEW_YORK))


def year_lookup():
    return Review.objects.filter(posted_at__year=2021).order_by("id")


def year_lookup_across_a_relation():
    return Review.objects.filter(book__published__year__gte=2023).order_by("id")


def year_lookup_excluded():
    return Book.objects.exclude(published__year=2020).order_by("id")


def year_at_most():
    return Book.objects.filter(published__year__lte=2019).order_by("id")


def month_lookup():
    return Book.objects.filter(published__month=2).order_by("id")


def day_in():
    return Book.objects.filter(published__day__in=[1, 29, 31]).order_by("id")


def date_lookup():
    return Review.objects.filter(posted_at__date=date(2021, 12, 31)).order_by("id")


def time_lookup():
    return Review.objects.filter(posted_at__time=time(0, 0)).order_by("id")


def hour_lookup():
    return Sale.objects.filter(sold_at__hour__gte=20).order_by("id")


def week_day_lookup():
    return Sale.objects.filter(sold_on__week_day=1).order_by("id")


def iso_year_lookup():
    return Book.objects.filter(published__iso_year=2019).order_by("id")


def quarters_as_groups():
    rows = Review.objects.order_by().annotate(q=TruncQuarter("posted_at")).values("q").annotate(n=Count("id"), most=Max("votes"))
    return rows.order_by("q").values_list("q", "n", "most")


def years_as_groups():
    rows = Book.objects.filter(published__isnull=False).order_by().annotate(y=ExtractYear("published")).values("y").annotate(n=Count("id"))
    return rows.order_by("y").values_list("y", "n")


def dates():
    return Book.objects.dates("published", "month")


def dates_of_years():
    return Book.objects.filter(in_print=True).dates("published", "year")


def datetimes():
    return Review.objects.datetimes("posted_at", "month")


def datetimes_in_a_zone():
    return Review.objects.filter(stars=1).datetimes("posted_at", "day", tzinfo=_VIENNA)


def order_by_month():
    return Book.objects.filter(published__isnull=False).order_by(ExtractMonth("published").desc(), "published", "id")


def difference_in_a_condition():
    age = ExpressionWrapper(F("posted_at") - F("book__updated_at"), output_field=DurationField())
    return Review.objects.annotate(age=age).filter(age__gt=timedelta(days=200)).order_by("id")
