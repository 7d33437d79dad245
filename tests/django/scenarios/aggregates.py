"""Aggregates over all rows."""

from decimal import Decimal

from django.db.models import Avg, Case, Count, DecimalField, F, Max, Min, Q, Sum, Value, When

from shop.models import Author, Book, Review, Sale


def _one(model, *aggregates, **conditions):
    named = {f"a{at}": aggregate for at, aggregate in enumerate(aggregates)}
    return list(model.objects.filter(**conditions).aggregate(**named).values())


def counts():
    return _one(Book, Count("*"), Count("stock"), Count("editor"), Count("editor__country"))


def count_distinct():
    return _one(Book, Count("pages", distinct=True), Count("stock", distinct=True), Count("author", distinct=True))


def count_filtered():
    return _one(Book, Count("id", filter=Q(in_print=True)), Count("id", filter=Q(stock__gt=4)), Count("id", filter=~Q(stock__gt=4)))


def sums():
    return _one(Book, Sum("pages"), Sum("stock"), Sum("weight"))


def sum_of_decimals():
    return _one(Book, Sum("price"), Sum("discount"))


def sum_of_large_numbers():
    return _one(Review, Sum("votes"))


def sum_of_nothing():
    return _one(Book, Sum("pages"), Sum("price"), Count("*"), pages=-1)


def sum_with_default():
    return _one(Book, Sum("pages", default=0), Sum("price", default=Decimal("1.5")), pages=-1)


def default_that_is_not_needed():
    return _one(Book, Sum("pages", default=0), Min("stock", default=99))


def sum_distinct():
    return _one(Book, Sum("pages", distinct=True), Sum("stock", distinct=True))


def sum_filtered():
    return _one(Book, Sum("pages", filter=Q(in_print=True)), Sum("pages", filter=Q(pages=-1)))


def means():
    return _one(Book, Avg("pages"), Avg("stock"), Avg("weight"))


def mean_of_decimals():
    return _one(Book, Avg("price"))


def mean_filtered():
    return _one(Review, Avg("stars", filter=Q(votes__gt=0)), Avg("stars", filter=Q(stars__gt=9)))


def mean_distinct():
    return _one(Book, Avg("pages", distinct=True))


def least_and_greatest():
    return _one(Book, Min("pages"), Max("pages"), Min("stock"), Max("price"))


def least_and_greatest_text():
    return _one(Book, Min("title"), Max("title"), Min("subtitle"))


def least_and_greatest_dates():
    return _one(Book, Min("published"), Max("published"), Min("updated_at"), Max("updated_at"))


def least_and_greatest_times():
    return _one(Sale, Min("sold_at"), Max("sold_at"))


def of_an_expression():
    return _one(Sale, Sum(F("unit_price") * F("book__price"), output_field=DecimalField(max_digits=20, decimal_places=4)))


def of_a_case():
    return _one(Book, Sum(Case(When(in_print=True, then=F("pages")), default=Value(1))))


def across_relations():
    return _one(Review, Sum("book__pages"), Max("book__author__rating"), Count("reviewer__country", distinct=True))


def calculation_with_aggregates():
    return _one(Book, Max("pages") - Min("pages"), Sum("pages") + Count("id") * 2)


def over_distinct_rows():
    return [Book.objects.order_by().distinct().aggregate(a=Sum("pages"))["a"]]


def over_a_filtered_relation():
    return _one(Sale, Sum("quantity"), Count("*"), book__author__mentor__active=True)


def over_none():
    return list(Book.objects.none().aggregate(a=Count("*"), b=Sum("pages")).values())
