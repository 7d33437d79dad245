"""And, or, xor, not, exclude; what NULL does to them."""

from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q

from shop.models import Author, Book, Review


def _books(*conditions):
    return Book.objects.filter(*conditions).order_by("id")


def all_of():
    return _books(Q(in_print=True) & Q(pages__gt=100) & Q(stock__gte=1))


def any_of():
    return _books(Q(pages=7) | Q(stock=3) | Q(title="Tea"))


def exactly_one():
    return _books(Q(in_print=True) ^ Q(pages__gt=100))


def exactly_one_with_null():
    return _books(Q(in_print=True) ^ Q(stock__gt=4))


def odd_number_of_three():
    return _books(Q(in_print=True) ^ Q(pages__gt=100) ^ Q(price__gt=10))


def not_of_a_nullable():
    return _books(~Q(stock__gt=4))


def exclude_of_a_nullable():
    return Book.objects.exclude(stock__gt=4).order_by("id")


def exclude_equal():
    return Book.objects.exclude(subtitle="").order_by("id")


def exclude_null():
    return Book.objects.exclude(subtitle=None).order_by("id")


def exclude_two_at_once():
    return Book.objects.exclude(in_print=True, stock__gt=4).order_by("id")


def exclude_two_after_each_other():
    return Book.objects.exclude(in_print=True).exclude(stock__gt=4).order_by("id")


def exclude_either():
    return Book.objects.exclude(Q(featured=True) | Q(stock__lt=2)).order_by("id")


def not_of_not():
    return _books(~~Q(stock__gt=4))


def not_of_and():
    return _books(~(Q(pages__gt=100) & Q(in_print=True)))


def not_of_or():
    return _books(~(Q(pages__gt=100) | Q(in_print=True)))


def exclude_of_exclude():
    return Book.objects.exclude(~Q(featured=True)).order_by("id")


def precedence():
    return _books(Q(pages=7) | Q(pages=100) & Q(in_print=True))


def parentheses():
    return _books((Q(pages=7) | Q(pages=100)) & Q(in_print=True))


def empty_condition():
    return _books(Q())


def empty_condition_with_or():
    return _books(Q() | Q(pages=7))


def none_of_an_empty_list():
    return _books(~Q(pages__in=[]))


def never_or_something():
    return _books(Q(pages__in=[]) | Q(stock=0))


def never_and_something():
    return _books(Q(pages__in=[]) & Q(stock=0))


def exclude_never():
    return Book.objects.exclude(Q(pages__in=[]) & Q(stock=0)).order_by("id")


def boolean_fields():
    return _books(Q(in_print=True) & ~Q(featured=True))


def boolean_field_is_not_true():
    return Book.objects.exclude(featured=True).order_by("id")


def comparison_with_a_nullable_field():
    return _books(~Q(author_id=F("editor_id")))


def exclude_comparison_of_two_nullables():
    return Author.objects.exclude(mentor__id=F("mentor__mentor__id")).order_by("id")


def exclude_across_a_nullable_relation():
    return Author.objects.exclude(mentor__active=True).order_by("id")


def exclude_across_two_relations():
    return Book.objects.exclude(editor__country__population__gt=50_000_000).order_by("id")


def not_across_a_nullable_relation():
    return Book.objects.filter(~Q(editor__name__startswith="B")).order_by("id")


def exclude_text_search_of_a_nullable():
    return Book.objects.exclude(subtitle__icontains="SUB").order_by("id")


def exclude_not_in():
    return Book.objects.exclude(category_id__in=[1, 2, 3]).order_by("id")


def exclude_a_range():
    return Book.objects.exclude(discount__range=(Decimal("1"), Decimal("4.99"))).order_by("id")


def many_conditions():
    condition = Q()
    for at in range(200):
        condition |= Q(pages=at, stock=at % 11)
    return _books(condition)


def exists_and_others():
    reviewed = Exists(Review.objects.filter(book=OuterRef("pk"), stars__gte=4))
    return _books(reviewed & Q(in_print=True) | ~reviewed & Q(stock__gt=8))
