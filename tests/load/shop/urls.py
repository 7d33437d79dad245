"""One page."""

from django.urls import path

from shop.views import recent

urlpatterns = [path("posts/recent", recent)]
