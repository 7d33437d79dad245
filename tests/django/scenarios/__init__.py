"""The scenarios as Django says them: each function of these modules is one, and has a namesake in Rust."""

import importlib
import inspect
import pkgutil


def every():
    """All scenarios with their names, such as `order.nulls_first`."""
    for module in sorted(it.name for it in pkgutil.iter_modules(__path__)):
        loaded = importlib.import_module(f"{__name__}.{module}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                yield f"{module}.{name}", function
