"""Functions of text, and lookups whose right side is an expression."""

from django.db.models import Count, F, IntegerField, TextField, Value
from django.db.models.functions import (
    MD5, SHA256, Cast, Chr, Concat, Left, Length, Lower, LPad, LTrim, Ord, Repeat, Replace, Reverse, Right, RPad, RTrim,
    StrIndex, Substr, Trim, Upper,
)

from shop.models import Author, Book, Review


def _values(expression):
    return list(Book.objects.order_by("id").values_list(expression, flat=True))


def lower():
    return _values(Lower("title"))


def upper():
    return _values(Upper("title"))


def lower_ascii():
    return Book.objects.filter(title__regex="^[ -~]+$").order_by("id").values_list(Lower("title"), flat=True)


def length():
    return _values(Length("title"))


def length_of_a_nullable():
    return _values(Length("subtitle"))


def concat():
    return _values(Concat("author__name", Value(": "), "title"))


def concat_with_null():
    return _values(Concat("title", Value("/"), "subtitle", output_field=TextField()))


def substr():
    return _values(Substr("title", 2, 4))


def substr_from():
    return _values(Substr("title", 3))


def substr_beyond_the_end():
    return _values(Substr("title", 9, 40))


def left():
    return _values(Left("title", 3))


def right():
    return _values(Right("title", 3))


def left_longer_than_the_text():
    return _values(Left("title", 1000))


def trim():
    return _values(Trim("subtitle"))


def ltrim():
    return _values(LTrim(Concat(Value("  "), "title")))


def rtrim():
    return _values(RTrim("title"))


def replace():
    return _values(Replace("title", Value("Tea"), Value("Coffee")))


def replace_by_nothing():
    return _values(Replace("title", Value("e")))


def strindex():
    return _values(StrIndex("title", Value("T")))


def strindex_unicode():
    return _values(StrIndex("title", Value("の")))


def repeat():
    return _values(Repeat("title", 2))


def reverse():
    return _values(Reverse("title"))


def lpad():
    return _values(LPad("title", 12, Value(".-")))


def rpad():
    return _values(RPad("title", 6, Value("*")))


def first_letter():
    return _values(Ord(Left("title", 1)))


def letter_of_a_number():
    return _values(Chr(Cast(F("id") + 64, IntegerField())))


def md5():
    return _values(MD5("title"))


def sha256():
    return _values(SHA256("title"))


def lower_in_a_condition():
    return Book.objects.annotate(l=Lower("title")).filter(l="tea time").order_by("id")


def length_in_a_condition():
    return Book.objects.annotate(l=Length("title")).filter(l__gt=11).order_by("-l", "id")


def length_of_groups():
    rows = Book.objects.order_by().annotate(l=Length("title")).values("l").annotate(n=Count("id"))
    return rows.order_by("l").values_list("l", "n")


def contains_another_field():
    return Book.objects.annotate(first=Left("author__name", 1)).filter(title__icontains=F("first")).order_by("id")


def startswith_an_expression():
    return Review.objects.filter(body__startswith=Left("book__title", 2)).order_by("id")


def escaped_on_the_database_side():
    return Book.objects.annotate(first=Left("title", 1)).filter(subtitle__endswith=F("first")).order_by("id")


def order_by_lower():
    return Author.objects.order_by(Lower("name"), "id").values_list("name", flat=True)
