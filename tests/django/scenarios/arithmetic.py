"""Calculation in the database."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import DecimalField, ExpressionWrapper, F, FloatField, IntegerField

from shop.models import Author, Book, Review, Sale


def _values(model, expression):
    return list(model.objects.order_by("id").values_list(expression, flat=True))


def add():
    return _values(Book, F("pages") + 10)


def add_fields():
    return _values(Book, F("pages") + F("stock"))


def subtract():
    return _values(Book, F("stock") - F("pages"))


def multiply():
    return _values(Review, F("stars") * 3 - 1)


def divide_integers():
    return _values(Book, F("pages") / 7)


def divide_negative_integers():
    return _values(Book, ExpressionWrapper((F("stock") - 5) / 2, output_field=IntegerField()))


def divide_by_zero_is_null():
    return Book.objects.filter(stock__gt=0).order_by("id").values_list(F("pages") / F("stock"), flat=True)


def remainder():
    return _values(Book, F("pages") % 7)


def remainder_of_a_negative():
    return _values(Book, ExpressionWrapper((F("stock") - 5) % 3, output_field=IntegerField()))


def minus():
    return _values(Book, -F("pages"))


def precedence():
    return _values(Book, F("pages") + F("pages") * 2 - (F("pages") - 1) * 3)


def floats():
    return _values(Book, F("weight") * 2.5 + 0.125)


def divide_floats():
    return _values(Author, ExpressionWrapper(F("rating") / 3.0, output_field=FloatField()))


def decimals():
    return _values(Book, F("price") + F("discount"))


def multiply_decimals():
    return _values(Book, ExpressionWrapper(F("price") * Decimal("1.19"), output_field=DecimalField(max_digits=20, decimal_places=4)))


def divide_decimals():
    return _values(Book, ExpressionWrapper(F("price") / 4, output_field=DecimalField(max_digits=20, decimal_places=4)))


def decimal_times_decimal():
    return _values(Sale, ExpressionWrapper(F("unit_price") * F("book__price"), output_field=DecimalField(max_digits=20, decimal_places=4)))


def integer_and_bits():
    return _values(Book, F("pages").bitand(6))


def integer_or_bits():
    return _values(Book, F("pages").bitor(9))


def integer_xor_bits():
    return _values(Book, F("pages").bitxor(5))


def bits_of_null():
    return _values(Book, F("stock").bitand(3))


def in_a_condition():
    return Book.objects.filter(pages__gt=F("stock") * 20 + 5).order_by("id")


def across_relations():
    return Sale.objects.order_by("id").values_list(F("book__price") - F("unit_price"), flat=True)


def moment_and_duration():
    return _values(Review, F("posted_at") + timedelta(days=1, microseconds=5))


def moment_minus_duration():
    return _values(Review, F("posted_at") - timedelta(hours=36))


def moments_in_a_condition():
    return Review.objects.filter(posted_at__gt=F("book__updated_at") + timedelta(days=300)).order_by("id")
