"""Union, intersection, difference."""

from django.db.models import Count

from shop.models import Author, Book, Category, Review, Sale, Tag


def _cheap():
    return Book.objects.order_by().filter(price__lt=10)


def _thick():
    return Book.objects.order_by().filter(pages__gt=200)


def union():
    return _cheap().union(_thick()).order_by("id")


def union_all():
    return _cheap().union(_thick(), all=True).order_by("id")


def intersection():
    return _cheap().intersection(_thick()).order_by("id")


def difference():
    return _cheap().difference(_thick()).order_by("id")


def of_values():
    return Tag.objects.values_list("name", flat=True).union(Category.objects.values_list("name", flat=True)).order_by("name")


def of_pairs():
    one = Book.objects.order_by().filter(pages=7).values_list("id", "title")
    other = Author.objects.filter(active=False).values_list("id", "name")
    return one.union(other).order_by("title", "id")


def three():
    return _cheap().union(_thick(), Book.objects.order_by().filter(stock=0)).order_by("-id")


def union_then_difference():
    return _cheap().union(_thick()).difference(Book.objects.order_by().filter(in_print=True)).order_by("id")


def nulls_are_equal():
    return Book.objects.order_by().values_list("stock").union(Book.objects.order_by().values_list("pages")).order_by("stock").count()


def slices_of_the_parts():
    one = Book.objects.order_by("-price", "id")[:3]
    other = Book.objects.order_by("price", "-id")[:3]
    return one.union(other).order_by("id")


def slice_of_the_whole():
    return _cheap().union(_thick()).order_by("title", "id")[3:9]


def count():
    return [_cheap().union(_thick()).count(), _cheap().union(_thick(), all=True).count(), _cheap().intersection(_thick()).count()]


def exists():
    return [_cheap().intersection(_thick()).exists(), _cheap().difference(_cheap()).exists()]


def first():
    return _cheap().union(_thick()).order_by("-pages", "id").first()


def with_none():
    return _cheap().union(Book.objects.order_by().none()).order_by("id")


def intersection_with_none():
    return _cheap().intersection(Book.objects.order_by().none()).order_by("id")


def difference_of_values():
    return Author.objects.values_list("id").difference(Book.objects.order_by().values_list("author")).order_by("id")


def of_groups():
    one = Book.objects.order_by().values_list("author").annotate(n=Count("id"))
    other = Review.objects.filter(reviewer__isnull=False).values_list("reviewer").annotate(n=Count("id"))
    return one.union(other, all=True).order_by("author", "n")


def decimals():
    one = Book.objects.order_by().filter(id__lt=20).values_list("price", flat=True)
    return one.union(Sale.objects.filter(id__lt=20).values_list("unit_price", flat=True)).order_by("price")
