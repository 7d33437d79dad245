"""GROUP BY and HAVING; several to-many aggregates beside each other."""

from decimal import Decimal

from django.db.models import Avg, Case, Count, DecimalField, F, Max, Min, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from shop.models import Author, Book, Country, Review, Sale


def _groups(model, *keys):
    return model.objects.order_by().values(*keys)


def by_column():
    return _groups(Book, "pages").annotate(n=Count("id")).order_by("pages").values_list("pages", "n")


def by_two_columns():
    rows = _groups(Book, "in_print", "featured").annotate(n=Count("id"), most=Max("price"))
    return rows.order_by("in_print", F("featured").asc(nulls_first=True)).values_list("in_print", "featured", "n", "most")


def by_relation():
    rows = _groups(Book, "author__country__name").annotate(n=Count("id"))
    return rows.order_by(F("author__country__name").asc(nulls_last=True)).values_list("author__country__name", "n")


def by_nullable_key():
    return _groups(Sale, "country").annotate(q=Sum("quantity")).order_by(F("country").asc(nulls_last=True)).values_list("country", "q")


def by_expression():
    rows = Review.objects.order_by().annotate(rest=F("votes") % 3).values("rest").annotate(n=Count("id"))
    return rows.order_by("rest").values_list("rest", "n")


def by_case():
    size = Case(When(pages__gt=300, then=Value("big")), When(pages__gt=50, then=Value("middle")), default=Value("small"))
    rows = Book.objects.order_by().annotate(size=size).values("size").annotate(n=Count("id"), mean=Avg("pages"))
    return rows.order_by("size").values_list("size", "n", "mean")


def by_coalesced():
    rows = Book.objects.order_by().annotate(s=Coalesce("stock", -1)).values("s").annotate(n=Count("id"))
    return rows.order_by("s").values_list("s", "n")


def by_decimal():
    rows = _groups(Book, "price").annotate(n=Count("id")).filter(n__gt=1)
    return rows.order_by("price").values_list("price", "n")


def having():
    rows = _groups(Book, "author").annotate(n=Count("id")).filter(n__gte=3)
    return rows.order_by("author").values_list("author", "n")


def having_two():
    rows = _groups(Book, "author").annotate(n=Count("id"), most=Max("price")).filter(Q(n__gte=4) | Q(most__gt=80))
    return rows.order_by("author").values_list("author", "n", "most")


def having_of_what_is_not_read():
    rows = _groups(Review, "book").annotate(low=Min("stars")).filter(low__gte=3)
    return rows.order_by("book").values_list("book", flat=True)


def having_between_aggregates():
    rows = _groups(Review, "book").annotate(low=Min("stars"), high=Max("stars")).filter(high__gt=F("low") + 2)
    return rows.order_by("book").values_list("book", "low", "high")


def where_and_having():
    rows = _groups(Sale.objects.model, "book").filter(quantity__gt=1).annotate(q=Sum("quantity")).filter(q__gt=6)
    return rows.order_by("-q", "book").values_list("book", "q")


def filtered_aggregates():
    rows = _groups(Review, "stars").annotate(
        all=Count("id"), liked=Count("id", filter=Q(votes__gt=0)), sum=Sum("votes", filter=Q(votes__lt=100))
    )
    return rows.order_by("stars").values_list("stars", "all", "liked", "sum")


def distinct_aggregates():
    rows = _groups(Review, "stars").annotate(books=Count("book", distinct=True), who=Count("reviewer", distinct=True))
    return rows.order_by("stars").values_list("stars", "books", "who")


def ordered_by_aggregate():
    rows = _groups(Sale, "book").annotate(total=Sum(F("unit_price") * F("book__price"), output_field=DecimalField(max_digits=20, decimal_places=4)))
    return rows.order_by("-total", "book").values_list("book", "total")


def count_of_groups():
    return _groups(Book, "author").annotate(n=Count("id")).filter(n__gt=2).count()


def groups_exist():
    rows = _groups(Book, "author").annotate(n=Count("id"))
    return [rows.filter(n__gt=2).exists(), rows.filter(n__gt=200).exists()]


def first_group():
    rows = _groups(Book, "author").annotate(n=Count("id")).order_by("-n", "author")
    return rows.values_list("author", "n").first()


def several_relations():
    rows = Sale.objects.order_by().values("book__author__country", "country").annotate(q=Sum("quantity"))
    rows = rows.order_by(F("book__author__country").asc(nulls_last=True), F("country").asc(nulls_last=True))
    return rows.values_list("book__author__country", "country", "q")


def to_many_of_each_row():
    rows = Author.objects.annotate(n=Count("books", distinct=True), e=Count("edited", distinct=True)).order_by("id")
    return rows.values_list("id", "n", "e")


def to_many_sums_beside_each_other():
    sales = Sale.objects.filter(book=OuterRef("pk")).order_by().values("book").annotate(s=Sum("quantity")).values("s")
    stars = Review.objects.filter(book=OuterRef("pk")).order_by().values("book").annotate(s=Sum("stars")).values("s")
    return Book.objects.order_by("id").values_list("id", Subquery(sales), Subquery(stars))


def to_many_in_a_condition():
    return Author.objects.annotate(n=Count("books")).filter(n__gte=4).order_by("id")


def aggregate_in_a_calculation():
    rows = _groups(Sale, "country").annotate(x=Sum("quantity") * 2 + Count("id"))
    return rows.order_by(F("country").asc(nulls_last=True)).values_list("country", "x")


def condition_on_a_computed_key_or_an_aggregate():
    rows = Review.objects.order_by().annotate(k=F("votes") % 3).values("k").annotate(n=Count("id"))
    return rows.filter(Q(n__gt=40) | Q(k=-1)).order_by("k").values_list("k", "n")


def condition_on_a_computed_key_and_an_aggregate():
    rows = Book.objects.order_by().annotate(k=F("price") * 2).values("k").annotate(n=Count("id"), p=Max("pages"))
    return rows.filter(Q(n__gte=1) & Q(k__gt=Decimal("40")) & Q(p__gt=20)).order_by("k").values_list("k", "n", "p")


def condition_on_a_key_that_is_a_choice():
    size = Case(When(pages__gt=300, then=Value("big")), default=Value("small"))
    rows = Book.objects.order_by().annotate(k=size).values("k").annotate(n=Count("id"))
    return rows.filter(~(Q(k="small") & Q(n__lt=1000)) | Q(n__lt=0)).order_by("k").values_list("k", "n")


def order_by_a_calculation_with_a_computed_key():
    rows = Review.objects.order_by().annotate(k=F("votes") % 7).values("k").annotate(n=Count("id"))
    return rows.order_by(F("k") * -10, "n").values_list("k", "n")
