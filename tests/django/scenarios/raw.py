"""SQL of the user's own, as statements and within queries."""

from datetime import date
from decimal import Decimal

from django.db import connections, router
from django.db.models import BooleanField, IntegerField
from django.db.models.expressions import RawSQL

from shop.models import Author, Book, Review, Sale


def _rows(sql, values=()):
    with connections[router.db_for_read(Book)].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def models():
    return list(Book.objects.raw("SELECT * FROM book WHERE pages > %s AND title <> %s ORDER BY id", [50, "it's %"]))


def models_with_columns_in_another_order():
    columns = "joined_at, rating, active, born, mentor_id, country_id, email, name, id"
    rows = Author.objects.raw(f"SELECT {columns} FROM author WHERE active = %s ORDER BY name, id", [True])
    return [(author, author.name, author.email, author.country_id, author.rating) for author in rows]


def models_of_a_list_of_values():
    return list(Book.objects.raw("SELECT * FROM book WHERE id IN (%s, %s, %s, %s) ORDER BY id DESC", [3, 1, 4, 99]))


def models_with_a_join():
    sql = "SELECT b.* FROM book b JOIN author a ON a.id = b.author_id WHERE a.rating >= %s ORDER BY a.name, b.id"
    return list(Book.objects.raw(sql, [2.5]))


def tuples():
    return _rows("SELECT author_id, COUNT(*), MAX(pages) FROM book GROUP BY author_id ORDER BY author_id")


def tuples_with_nulls():
    return _rows("SELECT id, stock, subtitle FROM book WHERE price < %s ORDER BY id", [Decimal("20")])


def tuples_by_date():
    return _rows("SELECT id, quantity FROM sale WHERE sold_on >= %s ORDER BY id", [date(2022, 1, 1)])


def an_expression_in_a_condition():
    return Book.objects.annotate(n=RawSQL("length(title)", [], IntegerField())).filter(n__gte=8).order_by("id")


def a_condition():
    long = RawSQL("length(body) > %s AND stars > %s", [3, 2], BooleanField())
    return Review.objects.filter(long).order_by("id")


def a_value_beside_a_row():
    rows = Book.objects.order_by("id").annotate(more=RawSQL("pages * %s + 1", [2], IntegerField()))
    return [(book, book.more) for book in rows]


def an_order():
    return Book.objects.order_by(RawSQL("pages %% %s", [10], IntegerField()), "-id")


def combined_with_typed_conditions():
    even = RawSQL("quantity %% %s = 0", [2], BooleanField())
    return Sale.objects.filter(even, unit_price__gt=Decimal("10"), country__isnull=False).order_by("id")
