"""Case, coalesce, nullif, greatest, least."""

from decimal import Decimal

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Coalesce, Greatest, Least, NullIf

from shop.models import Author, Book, Review


def _values(model, expression):
    return list(model.objects.order_by("id").values_list(expression, flat=True))


def case_when():
    return _values(Book, Case(When(pages__gt=500, then=Value("thick")), When(pages__gt=50, then=Value("medium")), default=Value("thin")))


def the_first_that_is_true():
    return _values(Book, Case(When(pages__gt=5, then=Value(1)), When(pages__gt=500, then=Value(2)), default=Value(3)))


def without_default():
    return _values(Book, Case(When(in_print=True, then=F("title"))))


def unknown_is_not_true():
    return _values(Book, Case(When(stock__gt=4, then=Value("many")), When(stock__lte=4, then=Value("few")), default=Value("unknown")))


def values_of_fields():
    return _values(Book, Case(When(in_print=True, then=F("pages") * 2), default=F("stock")))


def with_many_conditions():
    condition = Q(featured=True) | Q(author__active=False) & ~Q(pages=7)
    return _values(Book, Case(When(condition, then=Value(True)), default=Value(False)))


def in_an_order():
    place = Case(When(featured=True, then=Value(0)), When(in_print=True, then=Value(1)), default=Value(2))
    return Book.objects.order_by(place, "-pages", "id")


def in_a_condition():
    cost = Case(When(discount__isnull=False, then=F("price") - F("discount")), default=F("price"))
    return Book.objects.annotate(cost=cost).filter(cost__lt=Decimal("10")).order_by("id")


def inside_of_each_other():
    inner = Case(When(pages__gt=100, then=Value("a")), default=Value("b"))
    return _values(Book, Case(When(in_print=True, then=inner), default=Value("c")))


def coalesce():
    return _values(Book, Coalesce("stock", Value(-9)))


def coalesce_fields():
    return _values(Book, Coalesce("editor__name", "author__name"))


def coalesce_three():
    return _values(Book, Coalesce("discount", "price", Value(Decimal("0"))))


def coalesce_to_null():
    return _values(Author, Coalesce("email", "mentor__email"))


def coalesced_empty_text():
    return _values(Book, Coalesce("subtitle", Value("none", output_field=TextField())))


def nullif():
    return _values(Book, NullIf("pages", Value(7)))


def nullif_of_fields():
    return _values(Book, NullIf("author_id", "editor_id"))


def nullif_empty_text():
    return _values(Book, NullIf("subtitle", Value("", output_field=TextField())))


def greatest():
    return _values(Review, Greatest("votes", F("votes") * 0 + 3))


def greatest_of_nullables():
    return _values(Book, Greatest("stock", "pages"))


def least():
    return _values(Book, Least("price", Value(Decimal("5.00"))))


def least_of_nullables():
    return _values(Book, Least("discount", "price"))


def greatest_of_dates():
    return _values(Author, Greatest("joined_at", "mentor__joined_at"))


def least_of_texts():
    return _values(Book, Least("title", "author__name"))
