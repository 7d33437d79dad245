"""Where orm decides otherwise than Django, each with the reason.

Both sides are checked: that Django's answer still differs, and that orm's is what `meant` says in Django's words.
"""

from dataclasses import dataclass
from hashlib import sha256
from decimal import ROUND_HALF_UP, Decimal
from typing import Callable

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, Q, Value, When, Window
from django.db.models.functions import Coalesce, Greatest, Least, RowNumber

from scenarios import writes
from shop.models import Author, Book, Review, Sale

SQLITE = {"sqlite"}
POSTGRES = {"postgres"}
BOTH = SQLITE | POSTGRES


@dataclass
class Difference:
    """On these databases; why; what orm answers."""

    on: set
    why: str
    meant: Callable


def _books_whose_title(test):
    return [book for book in Book.objects.order_by("id") if test(book.title)]


def _books_whose_extra(test):
    return [book for book in Book.objects.order_by("id") if book.extra and test(book.extra)]


def _first_of_each(rows, *partition, order):
    place = Window(RowNumber(), partition_by=list(partition), order_by=order)
    return rows.annotate(place=place).filter(place=1).order_by(*order)


def _null_where_any_is(function, *fields):
    missing = Q(*[(f"{field}__isnull", True) for field in fields], _connector=Q.OR)
    return Case(When(missing, then=Value(None)), default=function(*fields))


def _many_or_false():
    return Coalesce(ExpressionWrapper(Q(stock__gt=4), output_field=BooleanField()), False)


def _upper(text):
    """Letter by letter, as databases do it: ß has no capital."""
    return "".join(it.upper() if len(it.upper()) == 1 else it for it in text)


CASE = "SQLite's LIKE ignores the case of ASCII letters, and Django uses it for `contains` and `startswith`; orm's respect case on every database"
UNICODE = "SQLite's LIKE knows no case beyond ASCII; orm ignores the case of all letters on every database"
NULLS = "Django leaves the place of NULLs to the database; with orm NULL is the largest value everywhere, as on PostgreSQL"
NOT = "Django's ~Q over a nullable column also keeps rows where it is NULL, as its exclude does; orm has both: `!` is SQL's NOT, `exclude` is not true"
XOR = "Django counts NULL as false where it spells XOR out, but not on MySQL; orm's `^` with NULL is NULL, as SQL says"
NOT_IN = "SQL's NOT IN with a NULL in the list is never true, and Django's exclude shows it; orm's exclude gives what filter leaves out"
VALUE = "Django gives a condition's NULL as None; with orm a condition as a value is true exactly where filter keeps the row"
CHOICE = "PostgreSQL's GREATEST and LEAST leave NULLs out, and Django leaves it so; with orm they are NULL where one is, on every database"
MONEY = "Django's decimals on SQLite are binary floating point, and integers when they are whole; orm's are exact"
DISTINCT_ON = "Django has DISTINCT ON only where the database has it; orm emulates it by a window"
CUT = "SQLite's CAST to an integer cuts off, PostgreSQL's rounds, halves to the even one; orm rounds so on every database"
DIGEST = "Django needs the extension pgcrypto for it; PostgreSQL has had SHA-2 by itself since version 11"
ONE = "Django's variance on SQLite is Python's, which fails on a single value; of one value SQL's is NULL"
DOCUMENTS = "Django has `contains` and `contained_by` of JSON not on SQLite; with orm they are PostgreSQL's on every database"
KEYS = "Django compares JSON on SQLite as text, where the order of keys counts; documents have none"
PARTS = "Django cannot combine ordered or sliced parts on SQLite"

DIFFERENCES = {
    "lookups.contains": Difference(SQLITE, CASE, lambda: _books_whose_title(lambda title: "Tea" in title)),
    "lookups.startswith_case": Difference(
        SQLITE, CASE, lambda: _books_whose_title(lambda title: title.startswith("tea"))
    ),
    "lookups.iexact_unicode": Difference(
        SQLITE, UNICODE, lambda: _books_whose_title(lambda title: title.lower() == "äpfel")
    ),
    "lookups.icontains_unicode": Difference(
        SQLITE, UNICODE, lambda: _books_whose_title(lambda title: "ïve" in title.lower())
    ),
    "order.nullable": Difference(
        SQLITE, NULLS, lambda: Book.objects.order_by(F("stock").asc(nulls_last=True), "id")
    ),
    "order.nullable_descending": Difference(
        SQLITE, NULLS, lambda: Book.objects.order_by(F("stock").desc(nulls_first=True), "id")
    ),
    "windows.across_a_relation": Difference(
        SQLITE,
        NULLS,
        lambda: Review.objects.order_by("id").values_list(
            "id",
            Window(
                Count("id"),
                partition_by="book__author__country",
                order_by=[F("reviewer__name").asc(nulls_last=True), "id"],
            ),
        ),
    ),
    "logic.not_of_a_nullable": Difference(
        BOTH, NOT, lambda: Book.objects.filter(stock__lte=4).order_by("id")
    ),
    "writes.update_with_not": Difference(
        BOTH, NOT, lambda: [writes._rows().filter(b__lte=3).update(name="not"), writes._all()]
    ),
    "logic.exactly_one_with_null": Difference(
        BOTH,
        XOR,
        lambda: Book.objects.filter(Q(in_print=True) ^ Q(stock__gt=4), stock__isnull=False).order_by("id"),
    ),
    "subqueries.not_in_a_query_with_nulls": Difference(
        BOTH,
        NOT_IN,
        lambda: Author.objects.exclude(
            id__in=Book.objects.filter(pages=7, editor__isnull=False).values("editor")
        ).order_by("id"),
    ),
    "values.condition_on_null_as_a_value": Difference(
        BOTH, VALUE, lambda: Book.objects.order_by("id").values_list("id", _many_or_false())
    ),
    "choice.greatest_of_nullables": Difference(
        POSTGRES,
        CHOICE,
        lambda: Book.objects.order_by("id").values_list(
            _null_where_any_is(Greatest, "stock", "pages"), flat=True
        ),
    ),
    "choice.least_of_nullables": Difference(
        POSTGRES,
        CHOICE,
        lambda: Book.objects.order_by("id").values_list(
            _null_where_any_is(Least, "discount", "price"), flat=True
        ),
    ),
    "choice.greatest_of_dates": Difference(
        POSTGRES,
        CHOICE,
        lambda: Author.objects.order_by("id").values_list(
            _null_where_any_is(Greatest, "joined_at", "mentor__joined_at"), flat=True
        ),
    ),
    "arithmetic.across_relations": Difference(
        SQLITE,
        MONEY,
        lambda: [sale.book.price - sale.unit_price for sale in Sale.objects.order_by("id").select_related("book")],
    ),
    "arithmetic.divide_decimals": Difference(
        SQLITE, MONEY, lambda: [book.price / 4 for book in Book.objects.order_by("id")]
    ),
    "aggregates.mean_of_decimals": Difference(
        SQLITE,
        MONEY,
        lambda: [
            (sum(book.price for book in Book.objects.all()) / Book.objects.count()).quantize(
                Decimal("1E-16"), ROUND_HALF_UP
            )
        ],
    ),
    "documents.contains": Difference(
        SQLITE, DOCUMENTS, lambda: Book.objects.filter(extra__lang="en").order_by("id")
    ),
    "documents.contains_nested": Difference(
        SQLITE, DOCUMENTS, lambda: _books_whose_extra(lambda extra: "sale" in extra.get("labels", []))
    ),
    "documents.contained_by": Difference(
        SQLITE,
        DOCUMENTS,
        lambda: _books_whose_extra(
            lambda extra: extra.items() <= {"lang": "en", "isbn": "978-007", "size": {"w": 24, "h": 27}}.items()
        ),
    ),
    "documents.equals_document": Difference(
        SQLITE, KEYS, lambda: _books_whose_extra(lambda extra: extra == {"isbn": "978-010", "lang": "de"})
    ),
    "mathematics.absolute_decimal": Difference(
        SQLITE, MONEY, lambda: [abs(sale.unit_price - Decimal("9.99")) for sale in Sale.objects.order_by("id")]
    ),
    "mathematics.float_as_integer": Difference(
        SQLITE, CUT, lambda: [round(book.weight) for book in Book.objects.order_by("id")]
    ),
    "mathematics.variance_of_one": Difference(SQLITE, ONE, lambda: [0.0, None]),
    "text.lower": Difference(
        SQLITE, UNICODE, lambda: [book.title.lower() for book in Book.objects.order_by("id")]
    ),
    "text.upper": Difference(
        SQLITE, UNICODE, lambda: [_upper(book.title) for book in Book.objects.order_by("id")]
    ),
    "text.order_by_lower": Difference(
        SQLITE,
        UNICODE,
        lambda: sorted(Author.objects.order_by("id").values_list("name", flat=True), key=str.lower),
    ),
    "text.sha256": Difference(
        POSTGRES,
        DIGEST,
        lambda: [sha256(book.title.encode()).hexdigest() for book in Book.objects.order_by("id")],
    ),
    "values.distinct_on_fields": Difference(
        SQLITE,
        DISTINCT_ON,
        lambda: _first_of_each(Book.objects, "author_id", order=["author_id", "-price", "id"]),
    ),
    "values.distinct_on_two_fields": Difference(
        SQLITE,
        DISTINCT_ON,
        lambda: _first_of_each(
            Sale.objects.filter(country__isnull=False),
            "country_id",
            "quantity",
            order=["country_id", "quantity", "-sold_on", "id"],
        ),
    ),
    "combined.slices_of_the_parts": Difference(
        SQLITE,
        PARTS,
        lambda: Book.objects.filter(
            Q(id__in=Book.objects.order_by("-price", "id").values("id")[:3])
            | Q(id__in=Book.objects.order_by("price", "-id").values("id")[:3])
        ).order_by("id"),
    ),
}
