"""The order of rows, ties and NULLs."""

from django.db.models import F
from django.db.models.functions import Coalesce

from shop.models import Author, Book, Review, Sale


def ascending():
    return Book.objects.order_by("pages", "id")


def descending():
    return Book.objects.order_by("-price", "id")


def mixed():
    return Book.objects.order_by("in_print", "-pages", "id")


def nullable():
    return Book.objects.order_by("stock", "id")


def nullable_descending():
    return Book.objects.order_by("-stock", "id")


def nulls_first():
    return Book.objects.order_by(F("stock").asc(nulls_first=True), "id")


def nulls_last():
    return Book.objects.order_by(F("stock").asc(nulls_last=True), "id")


def descending_nulls_first():
    return Book.objects.order_by(F("published").desc(nulls_first=True), "id")


def descending_nulls_last():
    return Book.objects.order_by(F("published").desc(nulls_last=True), "id")


def by_text():
    return Book.objects.order_by("title", "id").values_list("title", flat=True)


def by_boolean():
    return Book.objects.order_by(F("featured").desc(nulls_last=True), "id")


def by_expression():
    return Book.objects.order_by((F("pages") * -1).asc(), "id")


def by_coalesced():
    return Book.objects.order_by(Coalesce("stock", -5), "-id")


def by_condition():
    return Review.objects.order_by((F("votes") % 7).desc(), "stars", "-id").filter(votes__gte=0)


def by_default():
    return Book.objects.filter(published__isnull=False).values_list("published", "title")


def default_reversed():
    return Book.objects.filter(published__isnull=False).reverse().values_list("published", "title")


def reversed_once():
    return Sale.objects.order_by("sold_on", "-sold_at", "id").reverse()


def reversed_twice():
    return Sale.objects.order_by("sold_on", "-sold_at", "id").reverse().reverse()


def reversed_nulls():
    return Book.objects.order_by(F("stock").asc(nulls_first=True), "-id").reverse()


def the_last_order_counts():
    return Author.objects.order_by("name").order_by("-id")


def by_moment():
    return Review.objects.order_by("-posted_at", "id")


def by_float():
    return Author.objects.order_by(F("rating").desc(nulls_last=True), "name", "id")


def by_two_tables():
    return Review.objects.order_by("-book__price", "book__title", "stars", "id")


def by_key_of_relation():
    return Book.objects.order_by("-author_id", "id")
