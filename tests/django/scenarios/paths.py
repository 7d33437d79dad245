"""Conditions and values across foreign keys."""

from django.db.models import Count, F, Max, Q, Sum

from shop.models import Author, Book, BookTag, Category, Review, Sale


def one_step():
    return Book.objects.filter(author__name="Björn").order_by("id")


def two_steps():
    return Book.objects.filter(author__country__code="at").order_by("id")


def two_steps_to_another_column():
    return Book.objects.filter(author__country__name__startswith="Ö").order_by("id")


def key_needs_no_join():
    return Book.objects.filter(author__id=5).order_by("id")


def shared_joins():
    return Review.objects.filter(book__author__active=True, book__author__rating__gt=2, book__pages__gt=50).order_by("id")


def the_same_table_twice():
    return Book.objects.filter(author__active=True, editor__active=False).order_by("id")


def the_same_table_three_times():
    return Book.objects.filter(author__mentor__active=True, editor__mentor__active=True).order_by("id")


def self_relation():
    return Author.objects.filter(mentor__name="ann").order_by("id")


def self_relation_twice():
    return Author.objects.filter(mentor__mentor__id__lt=10).order_by("id")


def self_relation_three_times():
    return Category.objects.filter(parent__parent__parent__isnull=True).order_by("id")


def left_join_under_or():
    return Book.objects.filter(Q(editor__active=False) | Q(pages=7)).order_by("id")


def left_and_inner_mixed():
    return Book.objects.filter(Q(editor__active=False) | Q(author__active=False), category__position__lte=2).order_by("id")


def null_across_a_relation():
    return Book.objects.filter(editor__country__isnull=True).order_by("id")


def not_null_across_a_relation():
    return Book.objects.filter(editor__country__isnull=False).order_by("id")


def null_column_across_a_relation():
    return Book.objects.filter(author__email__isnull=True).order_by("id")


def null_column_across_a_nullable_relation():
    return Book.objects.filter(category__parent__name__isnull=True).order_by("id")


def fields_of_two_tables():
    return Sale.objects.filter(unit_price__gt=F("book__price")).order_by("id")


def fields_of_two_relations():
    return Book.objects.filter(author__country__code=F("editor__country__code")).order_by("id")


def relation_against_relation():
    return Review.objects.filter(reviewer=F("book__author")).order_by("id")


def order_across_relations():
    return BookTag.objects.order_by("tag__name", "-book__price", "id").values_list("id", flat=True)


def order_across_a_nullable_relation():
    rows = Book.objects.order_by(F("editor__name").desc(nulls_first=True), "id")
    return rows.values_list("id", "editor__name")


def values_across_relations():
    return Review.objects.order_by("id").values_list("book__author__name", "reviewer__country__name", "stars")[:40]


def filter_and_values_share_a_join():
    return Book.objects.filter(editor__rating__gte=2.5).order_by("editor__rating", "id").values_list("editor__name", "title")


def three_levels_in_four_clauses():
    return (
        Sale.objects.filter(book__author__mentor__active=True)
        .exclude(book__category__parent__name="Fiction")
        .order_by("book__author__mentor__name", "id")
        .values_list("book__author__mentor__name", "book__category__parent__name", "id")
    )


def values_of_five_tables():
    return BookTag.objects.order_by("id").values_list(
        "tag__name", "book__title", "book__author__name", "book__author__country__name", "book__category__parent__name"
    )


def values_of_one_table_by_four_ways():
    return Review.objects.order_by("id").values_list(
        "reviewer__name", "book__author__name", "book__editor__name", "book__author__mentor__name"
    )


def values_of_two_ways_to_a_country():
    rows = Sale.objects.filter(~Q(country=F("book__author__country")))
    return rows.order_by("id").values_list("country__name", "book__author__country__name", "quantity")


def distinct_values_of_joined_tables():
    rows = Sale.objects.filter(country__isnull=False, book__author__country__isnull=False)
    return (
        rows.order_by("book__author__country__name", "country__name")
        .values_list("book__author__country__name", "country__name")
        .distinct()
    )


def groups_of_joined_tables():
    return (
        Sale.objects.filter(country__isnull=False, book__author__country__isnull=False)
        .order_by()
        .values("book__author__country__name", "country__name")
        .annotate(n=Count("id"), q=Sum("quantity"), p=Max("book__pages"))
        .order_by("book__author__country__name", "country__name")
        .values_list("book__author__country__name", "country__name", "n", "q", "p")
    )


def groups_with_conditions_on_both_sides():
    return (
        BookTag.objects.filter(book__author__active=True)
        .order_by()
        .values("tag__name")
        .annotate(n=Count("id"), p=Max("book__price"))
        .filter(Q(n__gt=3) & Q(tag__name__lt="s"))
        .order_by("tag__name")
        .values_list("tag__name", "n", "p")
    )
