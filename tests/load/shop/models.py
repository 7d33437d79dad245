"""The tables that `examples/shop` has made and filled."""

from django.db import models


class User(models.Model):
    id = models.BigAutoField(primary_key=True)
    username = models.TextField()

    class Meta:
        managed = False
        db_table = "user"


class Tag(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()

    class Meta:
        managed = False
        db_table = "tag"


class Post(models.Model):
    id = models.BigAutoField(primary_key=True)
    author = models.ForeignKey(User, models.CASCADE, related_name="posts")
    title = models.TextField()
    created_at = models.DateTimeField()
    tags = models.ManyToManyField(Tag, db_table="post_tags")

    class Meta:
        managed = False
        db_table = "post"
