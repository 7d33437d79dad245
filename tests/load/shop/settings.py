"""What Django's documentation advises for a deployment, with nothing else in the way of the page.

The environment says where PostgreSQL is and how many connections this worker may hold.
"""

import os
from urllib.parse import unquote, urlsplit

_URL = urlsplit(os.environ["SHOP_DATABASE_URL"])
_CONNECTIONS = int(os.environ["SHOP_POOL_SIZE"])

DEBUG = False
SECRET_KEY = "nothing is signed here"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["shop"]
MIDDLEWARE = []
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _URL.path.lstrip("/"),
        "HOST": _URL.hostname,
        "PORT": _URL.port or 5432,
        "USER": unquote(_URL.username or ""),
        "PASSWORD": unquote(_URL.password or ""),
        "OPTIONS": {
            # Open from the start. Who waits for a connection waits as long as the load generator does.
            "pool": {"min_size": _CONNECTIONS, "max_size": _CONNECTIONS, "timeout": 120},
            # Both are off unless asked for; with them a statement that comes again is prepared, as `orm` does it.
            "server_side_binding": True,
            "prepare_threshold": 5,
        },
    }
}
