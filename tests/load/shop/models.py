"""The tables that `examples/shop` has made and filled."""

from django.db import models


class User(models.Model):
    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=40, unique=True)
    email = models.CharField(max_length=254, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "users"


class Tag(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        managed = False
        db_table = "tags"
        ordering = ["name"]


class Post(models.Model):
    id = models.BigAutoField(primary_key=True)
    author = models.ForeignKey(User, models.CASCADE, related_name="posts")
    title = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    tags = models.ManyToManyField(Tag, db_table="posts_tags", related_name="posts")

    class Meta:
        managed = False
        db_table = "posts"
        ordering = ["-created_at", "-id"]
