"""Parts of the rows, and what may follow them."""

from django.db.models import Avg, Count, F, Max, Sum

from shop.models import Book, Review, Sale


def first_rows():
    return Book.objects.order_by("id")[:5]


def a_page():
    return Book.objects.order_by("title", "id")[10:20]


def beyond_the_end():
    return Book.objects.order_by("id")[1000:1010]


def to_the_end():
    return Book.objects.order_by("id")[85:]


def of_nothing():
    return Book.objects.order_by("id")[5:5]


def slice_of_a_slice():
    return Book.objects.order_by("id")[10:30][5:10]


def slice_of_an_open_slice():
    return Book.objects.order_by("id")[10:][:3]


def slice_beyond_a_slice():
    return Book.objects.order_by("id")[10:20][8:40]


def with_nulls_first():
    return Book.objects.order_by(F("stock").asc(nulls_first=True), "id")[:12]


def count_of_a_slice():
    return Book.objects.order_by("id")[80:200].count()


def count_of_an_empty_slice():
    return Book.objects.order_by("id")[200:].count()


def exists_in_a_slice():
    return [Book.objects.order_by("id")[80:200].exists(), Book.objects.order_by("id")[200:].exists()]


def sum_of_a_slice():
    return list(Sale.objects.order_by("-unit_price", "id")[:10].aggregate(a=Sum("quantity"), b=Max("unit_price")).values())


def mean_of_a_slice_across_a_relation():
    return Review.objects.order_by("id")[5:25].aggregate(a=Avg("book__pages"))["a"]


def filter_after_a_slice():
    return Book.objects.order_by("id")[:5].filter(pages=7)


def order_after_a_slice():
    return Book.objects.order_by("id")[:5].order_by("pages")


def values_of_a_slice():
    return Book.objects.order_by("-id")[:5].values_list("id", "title")


def slice_as_a_list():
    top = Book.objects.order_by("-price", "id")[:6].values("id")
    return Review.objects.filter(book__in=top).order_by("id")


def slice_of_groups():
    groups = Book.objects.order_by().values("author_id").annotate(n=Count("id")).order_by("-n", "author_id")
    return groups.values_list("author_id", "n")[2:6]


def first_of_an_open_slice():
    return Book.objects.order_by("id")[3:].first()


def distinct_slice():
    return Book.objects.order_by("pages").values_list("pages", flat=True).distinct()[:6]
