"""Asks Django and orm the same and compares the answers; `cargo xtask django` runs it.

    main.py DATABASES PATTERN COMMAND…

DATABASES is a list such as `sqlite,postgres`; PostgreSQL is at ORM_TEST_POSTGRES_URL, where a database is created and
dropped again. Only scenarios whose name contains PATTERN are asked. COMMAND runs `main.rs`.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from urllib.parse import unquote, urlsplit, urlunsplit

import django
from django.conf import settings

NAME = f"orm_django_{os.getpid()}"


class Router:
    """Every query goes to the database whose turn it is."""

    now = "default"

    def db_for_read(self, model, **hints):
        return Router.now

    db_for_write = db_for_read


def postgres_settings(url):
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "HOST": url.hostname,
        "PORT": url.port or 5432,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
    }


def configure(databases, folder):
    known = {
        "sqlite": lambda: {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/django.db"},
        "postgres": lambda: postgres_settings(urlsplit(os.environ["ORM_TEST_POSTGRES_URL"])),
    }
    chosen = {alias: known[alias]() for alias in databases}
    settings.configure(
        DATABASES={"default": {}, **chosen},
        DATABASE_ROUTERS=[Router()],
        INSTALLED_APPS=["shop"],
        USE_TZ=True,
        TIME_ZONE="UTC",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()


def administer(sql):
    """Runs a statement in the database that the URL names."""
    import psycopg

    with psycopg.connect(os.environ["ORM_TEST_POSTGRES_URL"], autocommit=True) as connection:
        connection.execute(sql)


def prepare(alias):
    """Tables and rows."""
    from django.db import connections
    from shop import data, models

    if alias == "postgres":
        # Text in the order of its bytes, as on SQLite.
        administer(
            f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )
    with connections[alias].schema_editor() as editor:
        for model in models.ALL:
            editor.create_model(model)
    data.load(alias)
    with connections[alias].cursor() as cursor:
        cursor.execute("ANALYZE")


def ask_django(pattern):
    from encode import outcome
    from scenarios import every

    return {name: outcome(scenario) for name, scenario in every() if pattern in name}


def ask_orm(alias, pattern, command, folder):
    if alias == "sqlite":
        # The second is a copy of the first in orm's own form.
        where = [f"sqlite:{folder}/django.db", f"sqlite:{folder}/orm.db"]
    else:
        url = urlsplit(os.environ["ORM_TEST_POSTGRES_URL"])
        where = [urlunsplit(url._replace(path=f"/{NAME}")), ""]
    done = subprocess.run([*command, *where, pattern], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"orm's side failed on {alias} ({done.returncode})")
    lines = [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]
    return {line["name"]: line["outcome"] for line in lines}


def clean_up(databases):
    from django.db import connections

    connections.close_all()
    if "postgres" in databases:
        administer(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def main():
    databases, pattern, *command = sys.argv[1:]
    databases = databases.split(",")
    failed = passed = 0
    answers = {}
    # So that the database is dropped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="orm-django-") as folder:
        configure(databases, folder)
        from compare import agree, compare

        try:
            for alias in databases:
                Router.now = alias
                prepare(alias)
                theirs = ask_django(pattern)
                answers[alias] = ask_orm(alias, pattern, command, folder)
                good, bad = compare(alias, theirs, answers[alias], pattern)
                passed, failed = passed + good, failed + bad
            failed += agree(answers)
        finally:
            clean_up(databases)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
