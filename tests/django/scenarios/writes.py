"""Update, create and delete; each scenario begins with the same rows."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from shop.models import Author, Book, Scratch

_NOON = datetime(2024, 2, 29, 12, tzinfo=timezone.utc)


def _rows():
    Scratch.objects.all().delete()
    for at in range(1, 9):
        Scratch.objects.create(
            id=at, name=f"n{at % 3}", a=at * 10, b=None if at % 4 == 0 else at, price=Decimal(at) / 4, flag=at % 2 == 0,
            at=None if at % 3 == 0 else _NOON + timedelta(hours=at),
        )
    return Scratch.objects.order_by("id")


def _all():
    return list(Scratch.objects.order_by("id").values_list("id", "name", "a", "b", "price", "flag", "at"))


def create():
    _rows()
    return _all()


def update():
    return [_rows().filter(a__gt=30).update(name="x", flag=True), _all()]


def update_all():
    return [_rows().update(b=None), _all()]


def update_nothing():
    return [_rows().filter(a=-1).update(b=1), _all()]


def update_counts_rows_that_do_not_change():
    return _rows().filter(name="n1").update(name="n1")


def update_by_expression():
    return [_rows().update(a=F("a") + 1, price=F("price") * 2), _all()]


def update_with_null_in_it():
    return [_rows().update(b=F("a") - F("b")), _all()]


def update_swaps():
    return [_rows().filter(b__isnull=False).update(a=F("b"), b=F("a")), _all()]


def update_by_case():
    return [_rows().update(name=Case(When(a__gt=50, then=Value("big")), When(flag=True, then=Value("even")), default=F("name"))), _all()]


def update_by_function():
    return [_rows().update(a=Greatest("a", Coalesce("b", Value(45)))), _all()]


def update_by_subquery():
    books = Book.objects.filter(author=OuterRef("id")).order_by().values("author").annotate(n=Count("id")).values("n")
    return [_rows().update(b=Subquery(books)), _all()]


def update_where_a_subquery_holds():
    return [_rows().filter(id__in=Author.objects.filter(active=True).values("id")).update(flag=True, a=0), _all()]


def update_moments():
    return [_rows().update(at=F("at") + timedelta(minutes=90)), _all()]


def update_rounds_money():
    return [_rows().update(price=Decimal("12.34")), _all()]


def update_with_not():
    return [_rows().filter(~Q(b__gt=3)).update(name="not"), _all()]


def update_excluded():
    return [_rows().exclude(b__gt=3).update(name="not"), _all()]


def delete():
    return [_rows().filter(flag=True).delete()[0], _all()]


def delete_where_null():
    return [_rows().filter(Q(b=None) | Q(at=None)).delete()[0], _all()]


def delete_by_subquery():
    return [_rows().filter(id__in=Book.objects.order_by().filter(pages__gt=100).values("author")).delete()[0], _all()]


def delete_nothing():
    return [_rows().filter(a=-1).delete()[0], Scratch.objects.count()]


def save():
    _rows()
    row = Scratch.objects.get(pk=2)
    row.name, row.b, row.price = "säved", None, Decimal("0.10")
    row.save()
    return _all()
