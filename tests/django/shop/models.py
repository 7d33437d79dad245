"""The tables that `models.rs` describes to orm."""

from django.db import models


class Country(models.Model):
    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=40)
    population = models.BigIntegerField(null=True)

    class Meta:
        db_table = "country"


class Author(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    email = models.CharField(max_length=80, null=True)
    country = models.ForeignKey(Country, models.CASCADE, null=True, related_name="+")
    mentor = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    born = models.DateField(null=True)
    active = models.BooleanField()
    rating = models.FloatField(null=True)
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "author"


class Category(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    position = models.IntegerField()

    class Meta:
        db_table = "category"


class Book(models.Model):
    id = models.BigAutoField(primary_key=True)
    title = models.CharField(max_length=120)
    subtitle = models.TextField(null=True)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    editor = models.ForeignKey(Author, models.CASCADE, null=True, related_name="edited")
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="books")
    price = models.DecimalField(max_digits=10, decimal_places=2)
    discount = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    pages = models.IntegerField()
    stock = models.IntegerField(null=True)
    weight = models.FloatField()
    published = models.DateField(null=True)
    updated_at = models.DateTimeField()
    in_print = models.BooleanField()
    featured = models.BooleanField(null=True)
    extra = models.JSONField(null=True)

    class Meta:
        db_table = "book"
        ordering = ["-published", "title"]


class Tag(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=30, unique=True)

    class Meta:
        db_table = "tag"


class BookTag(models.Model):
    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="books")
    weight = models.IntegerField()

    class Meta:
        db_table = "book_tag"
        unique_together = [("book", "tag")]


class Review(models.Model):
    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Author, models.CASCADE, null=True, related_name="reviews")
    stars = models.SmallIntegerField()
    votes = models.BigIntegerField()
    body = models.TextField()
    posted_at = models.DateTimeField()

    class Meta:
        db_table = "review"


class Sale(models.Model):
    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, models.CASCADE, related_name="sales")
    country = models.ForeignKey(Country, models.CASCADE, null=True, related_name="sales")
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)
    sold_on = models.DateField()
    sold_at = models.TimeField()

    class Meta:
        db_table = "sale"


class Scratch(models.Model):
    """Rows that scenarios write; each begins with none."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40)
    a = models.BigIntegerField()
    b = models.BigIntegerField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    flag = models.BooleanField()
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "scratch"


class Singer(models.Model):
    """With the models below, what scenarios delete; each begins with none."""

    id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "singer"


class Record(models.Model):
    id = models.BigIntegerField(primary_key=True)
    singer = models.ForeignKey(Singer, models.CASCADE, related_name="records")

    class Meta:
        db_table = "record"


class Song(models.Model):
    id = models.BigIntegerField(primary_key=True)
    singer = models.ForeignKey(Singer, models.CASCADE, related_name="songs")
    record = models.ForeignKey(Record, models.RESTRICT, related_name="songs")
    cover_of = models.ForeignKey("self", models.CASCADE, null=True, related_name="covers")

    class Meta:
        db_table = "song"


class Hearing(models.Model):
    id = models.BigIntegerField(primary_key=True)
    song = models.ForeignKey(Song, models.SET_NULL, null=True, related_name="hearings")
    singer = models.ForeignKey(Singer, models.SET(1), related_name="hearings")

    class Meta:
        db_table = "hearing"


class Deal(models.Model):
    id = models.BigIntegerField(primary_key=True)
    singer = models.ForeignKey(Singer, models.PROTECT, related_name="deals")
    record = models.ForeignKey(Record, models.CASCADE, null=True, related_name="deals")

    class Meta:
        db_table = "deal"


ALL = [Singer, Record, Song, Hearing, Deal, Country, Author, Category, Book, Tag, BookTag, Review, Sale, Scratch]
