"""Deletion of rows that others point at; each scenario begins with the same rows."""

from django.db.models.deletion import ProtectedError, RestrictedError

from shop.models import Deal, Hearing, Record, Singer, Song


def _rows():
    for model in (Hearing, Deal, Song, Record, Singer):
        model.objects.all()._raw_delete(model.objects.db)
    for singer in range(1, 6):
        Singer.objects.create(id=singer)
        for record in (singer * 10, singer * 10 + 1):
            Record.objects.create(id=record, singer_id=singer)
            for song in (record * 10, record * 10 + 1):
                Song.objects.create(id=song, singer_id=singer, record_id=record)
                Hearing.objects.create(id=song, song_id=song, singer_id=singer)
    # The second one's song on a record of the third; covers, two of them of each other; deals.
    Song.objects.filter(id=201).update(record=30)
    Song.objects.filter(id=310).update(cover_of=500)
    Song.objects.filter(id=510).update(cover_of=511)
    Song.objects.filter(id=511).update(cover_of=510)
    Deal.objects.create(id=1, singer_id=1, record_id=20)
    Deal.objects.create(id=2, singer_id=4, record_id=None)
    Deal.objects.create(id=3, singer_id=4, record_id=40)


def _delete(queryset):
    try:
        total, by_model = queryset.delete()
        found = [total, sorted([name.split(".")[1], rows] for name, rows in by_model.items() if rows)]
    except ProtectedError as error:
        found = _keys(error.protected_objects)
    except RestrictedError as error:
        found = _keys(error.restricted_objects)
    left = [list(model.objects.order_by("id").values_list("id", flat=True)) for model in (Singer, Record, Song, Deal)]
    return [found, left, list(Hearing.objects.order_by("id").values_list("id", "song", "singer"))]


def _keys(rows):
    return sorted({(type(row).__name__, row.pk) for row in rows})


def nothing():
    _rows()
    return _delete(Singer.objects.filter(id=0))


def chain_with_values():
    _rows()
    return _delete(Singer.objects.filter(id=5))


def two_with_a_common_record():
    _rows()
    return _delete(Singer.objects.filter(id__in=[2, 3]))


def restricted_by_another():
    _rows()
    return _delete(Singer.objects.filter(id=3))


def restricted_alone():
    _rows()
    return _delete(Record.objects.filter(singer=5))


def protected():
    _rows()
    return _delete(Singer.objects.filter(id__in=[4, 5]))


def protected_by_what_would_go():
    _rows()
    Song.objects.filter(record=40).delete()
    return _delete(Singer.objects.filter(id=4))


def circle():
    _rows()
    return _delete(Song.objects.filter(id=510))


def tree():
    _rows()
    return _delete(Song.objects.filter(id=500))


def leaf():
    _rows()
    return _delete(Deal.objects.filter(id__gt=1))
