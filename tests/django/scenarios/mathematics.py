"""Mathematics, conversions, statistics."""

from decimal import Decimal

from django.db.models import (
    CharField, Count, DecimalField, F, FloatField, IntegerField, Max, StdDev, Sum, Value, Variance,
)
from django.db.models.functions import (
    Abs, ATan2, Cast, Ceil, Cos, Degrees, Exp, Floor, Ln, Log, Mod, Power, Radians, Round, Sign, Sin, Sqrt,
)

from shop.models import Author, Book, Review, Sale


def _values(model, expression):
    return list(model.objects.order_by("id").values_list(expression, flat=True))


def absolute():
    return _values(Book, Abs(F("stock") - 4))


def absolute_decimal():
    return _values(Sale, Abs(F("unit_price") - Decimal("9.99")))


def ceil():
    return _values(Book, Ceil("weight"))


def ceil_of_a_decimal():
    return _values(Book, Ceil("price"))


def floor():
    return _values(Book, Floor(F("weight") - 2.0))


def round_a_decimal():
    return _values(Book, Round("price", precision=1))


def round_half():
    return _values(Book, Round("weight"))


def sign():
    return _values(Book, Sign("stock"))


def power():
    return _values(Book, Power("weight", 2))


def sqrt():
    return _values(Book, Sqrt("weight"))


def exp():
    return _values(Book, Exp("weight"))


def ln():
    return list(Book.objects.filter(weight__gt=0).order_by("id").values_list(Ln("weight"), flat=True))


def log():
    return list(Book.objects.filter(pages__gt=1).order_by("id").values_list(Log(2, "pages"), flat=True))


def sine():
    return _values(Book, Sin("weight"))


def cosine():
    return _values(Book, Cos(Radians("weight")))


def arc():
    return _values(Book, Degrees(ATan2("weight", Value(2.0))))


def remainder():
    return [int(it) for it in _values(Book, Mod("pages", 7))]


def in_a_condition():
    return Book.objects.annotate(x=Abs(F("pages") - 250)).filter(x__lte=20).order_by("x", "id")


def integer_as_text():
    return _values(Book, Cast("pages", CharField(max_length=20)))


def integer_as_float():
    return _values(Book, Cast("pages", FloatField()))


def integer_as_decimal():
    return _values(Book, Cast("pages", DecimalField(max_digits=10, decimal_places=2)))


def float_as_integer():
    return _values(Book, Cast("weight", IntegerField()))


def text_as_integer():
    return Book.objects.filter(title__regex=" [0-9]+$").order_by("id").values_list(Cast(Value("12"), IntegerField()), flat=True)


def null_as_text():
    return _values(Book, Cast("stock", CharField(max_length=20)))


def decimal_times_integer():
    cost = F("unit_price") * Cast("quantity", DecimalField(max_digits=10, decimal_places=0))
    return list(Sale.objects.aggregate(a=Sum(cost, output_field=DecimalField(max_digits=20, decimal_places=2))).values())


def deviation():
    return list(Book.objects.aggregate(a=StdDev("pages"), b=StdDev("pages", sample=True)).values())


def variance():
    return list(Book.objects.aggregate(a=Variance("weight"), b=Variance("weight", sample=True)).values())


def variance_of_one():
    return list(Book.objects.filter(id=1).aggregate(a=Variance("pages"), b=Variance("pages", sample=True)).values())


def deviation_of_groups():
    rows = Review.objects.order_by().values("stars").annotate(d=StdDev("book__pages"))
    return rows.order_by("stars").values_list("stars", "d")
