"""What runs a query: get, first, last, earliest, latest, count, exists, in_bulk."""

from django.db.models import F, Q

from shop.models import Author, Book, Country, Review, Sale


def get():
    return Book.objects.get(title="%")


def get_none():
    return Book.objects.get(title="nowhere")


def get_several():
    return Book.objects.get(pages=7)


def get_of_values():
    return Book.objects.values_list("title", "pages").get(pk=4)


def get_in_a_slice():
    return Book.objects.order_by("id")[7:8].get()


def first():
    return Book.objects.order_by("-price", "id").first()


def first_without_order():
    return Author.objects.filter(active=False).first()


def first_of_nothing():
    return Book.objects.filter(pages=-1).first()


def first_by_default_order():
    return Book.objects.filter(published__isnull=False).first()


def last():
    return Book.objects.order_by("-price", "id").last()


def last_without_order():
    return Author.objects.filter(active=False).last()


def last_with_nulls():
    return Book.objects.order_by(F("stock").asc(nulls_first=True), "id").last()


def last_of_a_slice():
    return Book.objects.order_by("id")[:5].last()


def earliest():
    return Review.objects.earliest("posted_at", "id")


def latest():
    return Review.objects.filter(stars=3).latest("posted_at", "id")


def latest_descending():
    return Sale.objects.latest("-sold_on", "id")


def earliest_of_nothing():
    return Review.objects.filter(stars=9).earliest("posted_at")


def count():
    return Book.objects.count()


def count_with_joins():
    return Review.objects.filter(Q(reviewer__active=True) | Q(book__editor__active=True)).count()


def count_of_distinct_values():
    return Book.objects.order_by().values("pages").distinct().count()


def count_of_distinct_values_with_null():
    return Book.objects.order_by().values("stock", "featured").distinct().count()


def count_of_distinct_rows():
    return Book.objects.filter(author__active=True).distinct().count()


def count_of_nothing():
    return Book.objects.none().count()


def exists():
    return [Book.objects.filter(pages=7).exists(), Book.objects.filter(pages=-7).exists()]


def exists_ordered_and_distinct():
    return Book.objects.order_by("title").distinct().filter(stock__gt=2).exists()


def none():
    return Book.objects.none()


def none_filtered():
    return Book.objects.none().filter(pages=7).order_by("id")


def in_bulk():
    return Author.objects.in_bulk([1, 3, 99])


def in_bulk_of_nothing():
    return Author.objects.in_bulk([])


def in_bulk_filtered():
    return Book.objects.filter(in_print=True).in_bulk([1, 2, 3, 4, 5, 6])


def by_key():
    return Country.objects.get(pk="jp").name


def by_missing_key():
    return Country.objects.get(pk="xx")
