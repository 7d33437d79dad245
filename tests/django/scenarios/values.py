"""Values of every kind of column, distinct, annotate."""

from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value

from encode import Json
from shop.models import Author, Book, Review, Sale


def texts():
    return Book.objects.order_by("id").values_list("title", "subtitle")


def numbers():
    return Book.objects.order_by("id").values_list("pages", "stock", "weight")


def decimals():
    return Book.objects.order_by("id").values_list("price", "discount")


def dates_and_times():
    return Sale.objects.order_by("id").values_list("sold_on", "sold_at")


def moments():
    return Review.objects.order_by("id").values_list("posted_at", flat=True)


def booleans():
    return Book.objects.order_by("id").values_list("in_print", "featured")


def json_column():
    return [None if it is None else Json(it) for it in Book.objects.order_by("id").values_list("extra", flat=True)]


def foreign_keys():
    return Book.objects.order_by("id").values_list("author", "editor", "category__parent")


def one_value():
    return Author.objects.order_by("id").values_list("rating", flat=True)


def the_same_column_twice():
    return Book.objects.order_by("id").values_list("pages", "author__name", F("pages"))[:9]


def distinct_values():
    return Book.objects.order_by("pages", "in_print").values_list("pages", "in_print").distinct()


def distinct_nulls():
    return Book.objects.order_by(F("stock").asc(nulls_first=True)).values_list("stock", flat=True).distinct()


def distinct_across_a_relation():
    return Book.objects.order_by("author__country__name").exclude(author__country=None).values_list("author__country__name", flat=True).distinct()


def distinct_decimals():
    return Book.objects.order_by("price").values_list("price", flat=True).distinct()


def distinct_on_fields():
    return Book.objects.order_by("author_id", "-price", "id").distinct("author_id")


def distinct_on_two_fields():
    rows = Sale.objects.filter(country__isnull=False).order_by("country_id", "quantity", "-sold_on", "id")
    return rows.distinct("country_id", "quantity").values_list("id", flat=True)


def annotated_rows():
    rows = Book.objects.order_by("id").annotate(name=F("author__name"), more=F("pages") + 1)
    return [(book, book.name, book.more) for book in rows]


def annotation_in_a_condition():
    return Book.objects.annotate(half=F("price") / 2).filter(half__gt=Decimal("20")).order_by("id")


def condition_as_a_value():
    thick = ExpressionWrapper(Q(pages__gt=100), output_field=BooleanField())
    return Book.objects.order_by("id").annotate(thick=thick).values_list("id", "thick")


def condition_on_null_as_a_value():
    many = ExpressionWrapper(Q(stock__gt=4), output_field=BooleanField())
    return Book.objects.order_by("id").annotate(many=many).values_list("id", "many")


def literals():
    return Author.objects.order_by("id")[:3].values_list("id", Value("x%y"), Value(7), Value(Decimal("1.50")))
