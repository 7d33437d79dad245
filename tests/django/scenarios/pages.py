"""Numbered pages, and pages behind a row."""

from django.core.paginator import Paginator
from django.db.models import F

from shop.models import Book, Review, Sale


def _answer(page):
    paginator = page.paginator
    return [
        list(page.object_list), page.number, paginator.count, paginator.num_pages, page.has_next(), page.has_previous(),
        page.start_index(), page.end_index(),
    ]


def first_page():
    return _answer(Paginator(Book.objects.order_by("title", "id"), 20).page(1))


def page_in_between():
    return _answer(Paginator(Book.objects.order_by("-price", "id"), 20).page(3))


def last_page_is_short():
    return _answer(Paginator(Book.objects.order_by("id"), 20).page(5))


def orphans():
    return [_answer(Paginator(Book.objects.order_by("id"), 20, orphans=10).page(number)) for number in (3, 4)]


def beyond_the_last():
    return _answer(Paginator(Book.objects.order_by("id"), 20).page(6))


def page_zero():
    return _answer(Paginator(Book.objects.order_by("id"), 20).page(0))


def clamped():
    paginator = Paginator(Book.objects.order_by("id"), 20)
    # Django gives the last page also for a number below the first.
    return [_answer(paginator.get_page(99)), _answer(paginator.get_page(2))]


def of_nothing():
    return _answer(Paginator(Book.objects.filter(pages=-1).order_by("id"), 20).page(1))


def across_relations():
    rows = Review.objects.filter(book__author__active=True).order_by("book__author__name", "-stars", "id")
    return _answer(Paginator(rows, 15).page(2))


def of_values():
    rows = Sale.objects.order_by("-sold_on", "id").values_list("book__title", "country__name", "quantity")
    return _answer(Paginator(rows, 25).page(2))


def behind_a_row_to_the_end():
    rows = list(Book.objects.order_by(F("stock").desc(nulls_first=True), "title", "id"))
    return [rows[at:at + 13] for at in range(0, len(rows), 13)]


def before_a_row_to_the_beginning():
    rows = list(Review.objects.order_by("-posted_at", "id"))
    start = (len(rows) - 1) // 11 * 11
    return [rows[at:at + 11] for at in range(start - 11, -1, -11)]
