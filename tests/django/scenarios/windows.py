"""Window functions."""

from django.db.models import Avg, Count, F, Max, RowRange, Sum, ValueRange, Window, WindowFrame, WindowFrameExclusion
from django.db.models.functions import (
    CumeDist, DenseRank, FirstValue, Lag, LastValue, Lead, NthValue, Ntile, PercentRank, Rank, RowNumber,
)

from shop.models import Book, Review, Sale


def _values(model, window):
    return list(model.objects.order_by("id").values_list("id", window))


def row_number():
    return _values(Book, Window(RowNumber(), order_by=[F("price").desc(), "id"]))


def row_number_by_partition():
    return _values(Book, Window(RowNumber(), partition_by=["author"], order_by=["pages", "id"]))


def rank():
    return _values(Book, Window(Rank(), order_by="pages"))


def dense_rank():
    return _values(Book, Window(DenseRank(), partition_by="in_print", order_by="-pages"))


def percent_rank():
    return _values(Review, Window(PercentRank(), order_by="stars"))


def cume_dist():
    return _values(Review, Window(CumeDist(), order_by="stars"))


def ntile():
    return _values(Book, Window(Ntile(7), order_by=["price", "id"]))


def lag():
    return _values(Review, Window(Lag("votes"), partition_by="book", order_by=["posted_at", "id"]))


def lag_with_default():
    return _values(Review, Window(Lag("stars", offset=2, default=0), order_by=["posted_at", "id"]))


def lead():
    return _values(Book, Window(Lead("title", offset=3), order_by="id"))


def first_value():
    return _values(Book, Window(FirstValue("title"), partition_by="author", order_by=["-price", "id"]))


def last_value():
    return _values(Book, Window(LastValue("pages"), partition_by="author", order_by=["price", "id"]))


def last_value_of_all():
    frame = RowRange(start=None, end=None)
    return _values(Book, Window(LastValue("pages"), partition_by="author", order_by=["price", "id"], frame=frame))


def nth_value():
    return _values(Book, Window(NthValue("title", nth=2), partition_by="author", order_by="id"))


def running_sum():
    return _values(Sale, Window(Sum("quantity"), order_by=["sold_on", "id"]))


def running_sum_with_ties():
    return _values(Sale, Window(Sum("quantity"), order_by="sold_on"))


def sum_of_decimals():
    return _values(Sale, Window(Sum("unit_price"), partition_by="country"))


def moving_mean():
    frame = RowRange(start=-2, end=1)
    return _values(Sale, Window(Avg("quantity"), order_by=["sold_on", "id"], frame=frame))


def rows_ahead():
    frame = RowRange(start=1, end=3)
    return _values(Book, Window(Max("pages"), order_by="id", frame=frame))


def range_to_the_current_row():
    frame = ValueRange(start=None, end=0)
    return _values(Review, Window(Count("id"), order_by="stars", frame=frame))


def count_of_all():
    return _values(Book, Window(Count("stock"), partition_by=["in_print", "featured"]))


def without_the_current_row():
    frame = RowRange(start=None, end=None, exclusion=WindowFrameExclusion.CURRENT_ROW)
    return _values(Book, Window(Sum("pages"), partition_by="author", order_by="id", frame=frame))


def without_ties():
    frame = RowRange(start=None, end=None, exclusion=WindowFrameExclusion.TIES)
    return _values(Review, Window(Count("id"), order_by="stars", frame=frame))


def in_a_condition():
    place = Window(RowNumber(), partition_by="author", order_by=["-price", "id"])
    return Book.objects.annotate(place=place).filter(place__lte=2).order_by("id")


def in_a_condition_with_others():
    place = Window(Rank(), partition_by="book", order_by="-votes")
    return Review.objects.filter(stars__gte=2).annotate(place=place).filter(place=1, votes__gt=0).order_by("id")


def in_an_order():
    return Book.objects.order_by(Window(Count("id"), partition_by="author").desc(), "author", "id")


def in_a_calculation():
    share = F("id") * 100 / Window(Sum("id"), partition_by="author")
    return _values(Book, share)


def count_after_a_condition():
    place = Window(RowNumber(), partition_by="author", order_by=["-price", "id"])
    return Book.objects.annotate(place=place).filter(place=1).count()


def across_a_relation():
    return _values(Review, Window(Count("id"), partition_by="book__author__country", order_by=["reviewer__name", "id"]))
