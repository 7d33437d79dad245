"""JSON: paths, keys, containment."""

from django.db.models import Count, F, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject

from encode import Json
from shop.models import Book


def _books(*conditions, **lookups):
    return Book.objects.filter(*conditions, **lookups).order_by("id")


def _documents(expression):
    return [None if it is None else Json(it) for it in Book.objects.order_by("id").values_list(expression, flat=True)]


def column_is_null():
    return _books(extra__isnull=True)


def key_equals_text():
    return _books(extra__lang="de")


def key_equals_nested_number():
    return _books(extra__size__w=9)


def key_greater():
    return _books(extra__size__h__gt=20)


def key_between():
    return _books(extra__size__w__gte=5, extra__size__w__lt=15)


def key_is_true():
    return _books(extra__signed=True)


def key_is_missing():
    return _books(extra__note__isnull=True)


def key_is_there():
    return _books(extra__note__isnull=False)


def key_is_json_null():
    return _books(extra__note=None)


def key_in():
    return _books(extra__lang__in=["de", "fr"])


def element_equals():
    return _books(extra__labels__0="new")


def element_is_there():
    return _books(extra__labels__1__isnull=False)


def exclude_key():
    return Book.objects.exclude(extra__lang="de").order_by("id")


def not_key():
    return _books(~Q(extra__size__w=9), extra__size__w__isnull=False)


def has_key():
    return _books(extra__has_key="size")


def has_keys():
    return _books(extra__has_keys=["size", "labels"])


def has_any_keys():
    return _books(extra__has_any_keys=["note", "signed"])


def contains():
    return _books(extra__contains={"lang": "en"})


def contains_nested():
    return _books(extra__contains={"labels": ["sale"]})


def contained_by():
    return _books(extra__contained_by={"lang": "en", "isbn": "978-007", "size": {"w": 24, "h": 27}})


def equals_document():
    return _books(extra={"isbn": "978-010", "lang": "de"})


def key_contains_text():
    return _books(extra__isbn__icontains="-01")


def key_startswith():
    return _books(extra__isbn__startswith="978-00")


def values_of_a_key():
    return _documents("extra__size")


def values_of_a_nested_key():
    return _documents("extra__size__w")


def text_of_a_key():
    return Book.objects.order_by("id").values_list(KT("extra__lang"), flat=True)


def text_in_an_order():
    return Book.objects.filter(extra__lang__isnull=False).order_by(KT("extra__lang"), "-id")


def groups_by_a_key():
    rows = Book.objects.order_by().filter(extra__lang__isnull=False).annotate(l=KT("extra__lang")).values("l").annotate(n=Count("id"))
    return rows.order_by("l").values_list("l", "n")


def made_object():
    return [Json(it) for it in Book.objects.order_by("id").values_list(JSONObject(t="title", p="pages", s="stock"), flat=True)]
