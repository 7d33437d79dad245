"""Queries inside of queries."""

from decimal import Decimal

from django.db.models import Avg, Count, Exists, F, Max, OuterRef, Q, Subquery, Sum

from shop.models import Author, Book, BookTag, Category, Review, Sale


def exists():
    return Book.objects.filter(Exists(Review.objects.filter(book=OuterRef("pk"), stars=5))).order_by("id")


def not_exists():
    return Book.objects.filter(~Exists(Review.objects.filter(book=OuterRef("pk")))).order_by("id")


def exists_as_a_value():
    return Book.objects.order_by("id").values_list("id", Exists(Sale.objects.filter(book=OuterRef("pk"))))


def exists_with_or():
    return Book.objects.filter(Exists(Sale.objects.filter(book=OuterRef("pk"), quantity__gt=5)) | Q(pages=7)).order_by("id")


def exists_two_levels_out():
    own = Review.objects.filter(book=OuterRef("pk"), reviewer=OuterRef("author"))
    return Book.objects.filter(Exists(own)).order_by("id")


def outer_of_outer():
    liked = Review.objects.filter(book=OuterRef("pk"), reviewer=OuterRef(OuterRef("pk")))
    return Author.objects.filter(Exists(Book.objects.filter(Exists(liked), pages__gt=50))).order_by("id")


def outer_across_a_relation():
    same = Book.objects.filter(author__country=OuterRef("author__country"), pages__gt=OuterRef("pages"))
    return Book.objects.filter(~Exists(same), author__country__isnull=False).order_by("id")


def scalar():
    best = Review.objects.filter(book=OuterRef("pk")).order_by("-votes", "id").values("body")[:1]
    return Book.objects.order_by("id").values_list("id", Subquery(best))


def scalar_in_a_condition():
    newest = Review.objects.filter(book=OuterRef("pk")).order_by("-posted_at", "id").values("stars")[:1]
    return Book.objects.annotate(newest=Subquery(newest)).filter(newest__gte=4).order_by("id")


def scalar_in_an_order():
    sold = Sale.objects.filter(book=OuterRef("pk")).order_by().values("book").annotate(q=Sum("quantity")).values("q")
    return Book.objects.order_by(Subquery(sold).desc(nulls_last=True), "id")


def scalar_in_a_calculation():
    most = Sale.objects.filter(book=OuterRef("pk")).order_by("-unit_price").values("unit_price")[:1]
    return Book.objects.order_by("id").values_list(F("price") - Subquery(most), flat=True)


def compared_with_a_mean():
    mean = Book.objects.order_by().annotate(one=F("id") * 0).values("one").annotate(m=Avg("weight")).values("m")
    return Book.objects.filter(weight__gt=Subquery(mean)).order_by("id")


def in_a_query():
    return Review.objects.filter(book__in=Book.objects.filter(price__gt=40)).order_by("id")


def in_a_query_of_values():
    return Author.objects.filter(id__in=Book.objects.filter(pages=7).values("editor")).order_by("id")


def not_in_a_query():
    return Review.objects.exclude(book__in=Book.objects.filter(price__gt=40)).order_by("id")


def not_in_a_query_with_nulls():
    return Author.objects.exclude(id__in=Book.objects.filter(pages=7).values("editor")).order_by("id")


def in_an_empty_query():
    return Author.objects.filter(id__in=Book.objects.none().values("author")).order_by("id")


def in_a_query_of_groups():
    busy = Book.objects.order_by().values("author").annotate(n=Count("id")).filter(n__gte=3).values("author")
    return Author.objects.filter(id__in=busy).order_by("id")


def in_a_distinct_query():
    return Book.objects.filter(price__in=Sale.objects.order_by().values("unit_price").distinct()).order_by("id")


def in_a_nested_query():
    tagged = BookTag.objects.filter(tag__name__in=["rare", "gift"]).values("book")
    return Review.objects.filter(book__in=Book.objects.filter(id__in=tagged, in_print=True)).order_by("id")


def the_same_query_twice():
    old = Author.objects.filter(born__year__lt=1960)
    return Book.objects.filter(Q(author__in=old) | Q(editor__in=old)).order_by("id")


def to_many_condition():
    return Book.objects.filter(Exists(BookTag.objects.filter(book=OuterRef("pk"), tag__name="new", weight__gt=1))).order_by("id")


def to_many_two_conditions():
    with_tag = lambda name: Exists(BookTag.objects.filter(book=OuterRef("pk"), tag__name=name))
    return Book.objects.filter(with_tag("new"), with_tag("sale")).order_by("id")


def exclude_to_many():
    return Book.objects.exclude(tags__tag__name="new").order_by("id")


def parents_with_children():
    return Category.objects.filter(Exists(Category.objects.filter(parent=OuterRef("pk")))).order_by("id")


def greatest_of_each_group():
    most = Book.objects.filter(author=OuterRef("author")).order_by().values("author").annotate(m=Max("price")).values("m")
    return Book.objects.filter(price=Subquery(most)).order_by("id")
