"""Each lookup by itself, and what text makes hard."""

from datetime import date, datetime, time, timezone
from decimal import Decimal

from django.db.models import F

from shop.models import Author, Book, Country, Review, Sale


def _books(**lookups):
    return Book.objects.filter(**lookups).order_by("id")


def exact():
    return _books(title="Tea Time")


def exact_trailing_space():
    return _books(title="trailing space")


def exact_unicode():
    return _books(title="äpfel")


def exact_quotes():
    return _books(title="Robert'); DROP")


def iexact():
    return _books(title__iexact="tea TIME")


def iexact_unicode():
    return _books(title__iexact="äPFEL")


def iexact_wildcards():
    return _books(title__iexact="A_B")


def contains():
    return _books(title__contains="Tea")


def contains_percent():
    return _books(title__contains="%")


def contains_underscore():
    return _books(title__contains="_")


def contains_backslash():
    return _books(title__contains="\\")


def contains_brackets():
    return _books(title__contains="[abc]*?")


def contains_empty_text():
    return _books(subtitle__contains="")


def icontains():
    return _books(title__icontains="BOOK")


def icontains_unicode():
    return _books(title__icontains="ÏVE")


def startswith():
    return _books(title__startswith="100")


def startswith_case():
    return _books(title__startswith="tea")


def istartswith():
    return _books(title__istartswith="TEA")


def endswith():
    return _books(title__endswith=" inside")


def endswith_space():
    return _books(title__endswith=" ")


def iendswith():
    return _books(title__iendswith="TIME")


def regex():
    return _books(title__regex=r"^[Tt]ea( [a-z]+)?")


def regex_anchors():
    return _books(title__regex=r"^\^start\$$")


def iregex():
    return _books(title__iregex=r"^(good|bad) book [0-9]+$")


def in_numbers():
    return _books(pages__in=[0, 7, 250])


def in_nothing():
    return _books(pages__in=[])


def in_texts():
    return _books(title__in=["Tea", "tea", "%", "nowhere"])


def in_decimals():
    return _books(price__in=[Decimal("9.99"), Decimal("10.00"), Decimal("10")])


def not_in_nullable():
    return Book.objects.exclude(stock__in=[0, 1, 2]).order_by("id")


def greater_decimal():
    return _books(price__gt=Decimal("9.99"))


def at_least_decimal():
    return _books(price__gte=Decimal("9.99"))


def less_integer_negative():
    return _books(stock__lt=0)


def at_most_float():
    return _books(weight__lte=0.5)


def equal_float():
    return _books(weight=1.25)


def between_dates():
    return _books(published__range=(date(2020, 1, 1), date(2020, 12, 31)))


def between_the_wrong_way():
    return _books(pages__range=(100, 7))


def between_other_fields():
    return _books(pages__range=(F("stock"), F("stock") + 300))


def equal_date():
    return _books(published=date(2020, 2, 29))


def after_moment():
    return Review.objects.filter(posted_at__gt=datetime(2023, 12, 31, 23, 59, 59, 999_998, timezone.utc)).order_by("id")


def equal_moment():
    at = datetime(2021, 12, 31, 23, 59, 59, 999_999, timezone.utc)
    return Review.objects.filter(posted_at=at).order_by("id")


def before_time():
    return Sale.objects.filter(sold_at__lt=time(6, 30)).order_by("id")


def is_null():
    return _books(subtitle__isnull=True)


def is_not_null():
    return _books(subtitle__isnull=False)


def empty_text_is_not_null():
    return _books(subtitle="")


def boolean_field():
    return _books(in_print=True)


def nullable_boolean_is_false():
    return _books(featured=False)


def key_of_text():
    return Country.objects.filter(pk__in=["at", "va", "xx"]).order_by("code")


def foreign_key_by_row():
    return _books(author=Author.objects.get(pk=3))


def foreign_key_by_text():
    return Author.objects.filter(country="de").order_by("id")


def foreign_key_is_null():
    return Author.objects.filter(country__isnull=True).order_by("id")


def other_field():
    return _books(stock__gt=F("pages"))


def same_field_of_two_relations():
    return _books(author=F("editor"))


def large_number():
    return Review.objects.filter(votes=2**40).order_by("id")
