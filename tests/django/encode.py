"""Answers in the form that `answer.rs` gives them: JSON with a word on the type where JSON has none."""

from datetime import date, datetime, time, timezone
from decimal import Decimal

from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from django.core.paginator import InvalidPage
from django.db import NotSupportedError
from django.db.models import Model
from django.db.models.query import QuerySet


class Json:
    """A value of a JSON column."""

    def __init__(self, value):
        self.value = value


def encode(value):
    """The common form of an answer."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return {"float": value}
        case Decimal():
            plain = format(value.normalize(), "f")
            return {"decimal": "0" if plain == "-0" else plain}
        case datetime():
            return {"datetime": value.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.strftime("%H:%M:%S.%f")}
        case Json():
            return {"json": value.value}
        case Model():
            return encode(value.pk)
        case dict():
            return {str(key): encode(item) for key, item in value.items()}
        case QuerySet() | list() | tuple():
            return [encode(item) for item in value]
    raise TypeError(f"a scenario answers with {type(value)}")


def outcome(scenario):
    """What a scenario gives: the answer, or what went wrong."""
    try:
        return {"answer": encode(scenario())}
    except ObjectDoesNotExist:
        return {"error": "DoesNotExist"}
    except MultipleObjectsReturned:
        return {"error": "MultipleObjectsReturned"}
    except InvalidPage:
        return {"error": "NoSuchPage"}
    except NotSupportedError:
        return {"error": "Unsupported"}
    except TypeError as error:
        if "once a slice has been taken" in str(error) or "Cannot reverse a query" in str(error):
            return {"error": "InvalidQuery"}
        return {"error": f"TypeError: {error}"}
    except Exception as error:  # Whatever Django says is an answer to be looked at.
        return {"error": f"{type(error).__name__}: {error}"}
