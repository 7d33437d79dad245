"""Rows of some fields: only, defer, projections, rows by name."""

from decimal import Decimal

from django.db.models import Case, Count, F, Q, Sum, Value, When, Window
from django.db.models.functions import Rank

from encode import Json
from shop.models import Author, Book, Review, Sale


def only_some_fields():
    return [(book.title, book.pages) for book in Book.objects.order_by("id").only("title", "pages")]


def only_what_is_not_the_order():
    rows = Book.objects.filter(pages__gt=50, author__active=True).order_by("-price", "id").only("title")
    return [book.title for book in rows]


def only_nullable_fields():
    rows = Book.objects.order_by("id").only("subtitle", "stock", "featured", "published")
    return [(book.subtitle, book.stock, book.featured, book.published) for book in rows]


def only_foreign_keys():
    rows = Book.objects.order_by("id").only("author", "editor")
    return [(book.author_id, book.editor_id) for book in rows]


def only_exact_and_binary_numbers():
    rows = Sale.objects.order_by("id").only("unit_price", "quantity")
    books = Book.objects.order_by("id").only("weight", "updated_at")
    return [
        [(sale.unit_price, sale.quantity) for sale in rows],
        [(book.weight, book.updated_at) for book in books],
    ]


def only_in_a_slice():
    return [author.name for author in Author.objects.order_by("name", "id").only("name")[5:15]]


def only_the_first():
    return Author.objects.filter(rating__isnull=False).order_by("-rating", "id").only("name").first().name


def _loaded(review):
    return "body" not in review.get_deferred_fields()


def deferred():
    return [(review, review.stars, _loaded(review)) for review in Review.objects.order_by("id").defer("body")]


def not_deferred():
    return [(review, review.body, _loaded(review)) for review in Review.objects.order_by("id")]


def deferred_in_a_condition():
    rows = Review.objects.defer("body").filter(body__startswith="w").order_by("body", "id")
    return [(review, _loaded(review)) for review in rows]


def deferred_and_loaded_later():
    answer = []
    for review in Review.objects.defer("body").order_by("-votes", "id")[:3]:
        answer.append((review, _loaded(review), review.body, _loaded(review)))
    return answer


def deferred_and_counted():
    return Review.objects.defer("body").filter(stars__gt=2).count()


def projection():
    rows = Book.objects.order_by("id").values_list("id", "title", "author__name", F("pages") * 2)
    return rows


def projection_across_nullable_relations():
    return Book.objects.order_by("id").values_list(
        "title", "editor__country__name", "editor__mentor__name", "category__parent__name"
    )


def projection_of_groups():
    rows = Sale.objects.order_by().values("book__author__name").annotate(n=Count("id"), q=Sum("quantity"))
    return rows.filter(n__gt=3).order_by("book__author__name").values_list("book__author__name", "n", "q")


def rows_by_name():
    return [Json(row) for row in Book.objects.order_by("id").values("title", "pages", "stock", "in_print")]


def rows_by_name_with_a_foreign_key():
    return [Json(row) for row in Review.objects.order_by("-id").values("id", "reviewer", "book", "body")[:20]]


def several_values_beside_a_row():
    rows = Sale.objects.order_by("id").annotate(
        of=F("book__author__name"), to=F("country__name"), total=F("quantity") + F("book__pages")
    )
    return [(sale, sale.of, sale.to, sale.total) for sale in rows]


def a_window_beside_a_row():
    place = Window(Rank(), partition_by="author", order_by=F("price").desc())
    return [(book, book.place) for book in Book.objects.order_by("id").annotate(place=place)]


def a_choice_beside_a_row():
    size = Case(When(pages__gt=300, then=Value("big")), When(pages__gt=50, then=Value("middle")), default=Value("small"))
    rows = Book.objects.order_by("id").annotate(size=size).filter(Q(size="big") | Q(price__lt=Decimal("5")))
    return [(book, book.size) for book in rows]


def no_condition():
    return Book.objects.filter(Q()).exclude(Q()).filter(Q() & Q(pages=7)).order_by("id")
