"""The rows: the same on every run and machine."""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from .models import Author, Book, BookTag, Category, Country, Review, Sale, Tag


class Dice:
    """Numbers that look random and are not: Python's own generator is free to change."""

    def __init__(self):
        self.state = 20240229

    def roll(self, sides):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % sides

    def one_in(self, sides):
        return self.roll(sides) == 0

    def choose(self, options):
        return options[self.roll(len(options))]


COUNTRIES = [
    ("at", "Österreich", 9_100_000), ("cz", "Česko", 10_900_000), ("de", "Deutschland", 84_500_000),
    ("fr", "France", 68_400_000), ("it", "Italia", None), ("jp", "日本", 123_800_000),
    ("us", "United States", 334_900_000), ("va", "Vaticano", 764),
]

CATEGORIES = [
    ("Fiction", None, 1), ("Poetry", 1, 3), ("Novels", 1, 2), ("Science", None, 2), ("Physics", 4, 1),
    ("fiction", None, 9), ("Cooking", None, 3), ("Tea", 7, 1), ("Bread_and%Butter", 7, 2), ("Crime", 3, 1),
    ("Quantum", 5, 1), ("Empty", None, 4),
]

NAMES = [
    "Ann", "ann", "Björn", "BJÖRN", "Čeněk", "Dora", "Émile", "Étienne", "O'Hara", "李白", "Zoë", "zoe",
    "Max", "Mia", "Noah", "Ida", "Øystein", "Ünal", "Paul", "Rosa",
]

TITLES = [
    "Tea Time", "tea time", "TEA TIME", "Tea", "100% Tea", "100 Teas", "a_b", "aXb", "back\\slash", "Äpfel",
    "äpfel", "ÄPFEL", "Straße", "STRASSE", "naïve", "NAÏVE", "emoji 🦀 inside", "日本の茶", "Robert'); DROP",
    "\"quoted\"", "trailing space ", "trailing space", "[abc]*?", "^start$", "tab\tin", "line\nbreak", "[]", "%",
    "_", "Ω and ω",
]

TAGS = ["new", "sale", "Sale", "classic", "gift", "rare", "ünïcode", "100%"]

WORDS = ["good", "Bad", "BEST", "fine", "so-so", "großartig", "50%", "under_score", "meh", "wow!"]


def moment(dice):
    """A point in time; some have microseconds, some are at midnight, some near the turn of a year."""
    at = datetime(2019, 1, 1, tzinfo=timezone.utc) + timedelta(days=dice.roll(2200))
    if dice.one_in(9):
        return datetime(2020 + dice.roll(4), 12, 31, 23, 59, 59, 999_999, tzinfo=timezone.utc)
    if dice.one_in(5):
        return at
    at += timedelta(seconds=dice.roll(86_400))
    return at if dice.one_in(2) else at + timedelta(microseconds=dice.roll(1_000_000))


def money(dice, most):
    return Decimal(dice.roll(most)) / 100


def extra(dice, at):
    if dice.one_in(4):
        return None
    value = {"lang": dice.choose(["de", "en", "fr"]), "isbn": f"978-{at:03}"}
    if dice.one_in(2):
        value["size"] = {"w": dice.roll(30), "h": dice.roll(40)}
    if dice.one_in(3):
        value["labels"] = [dice.choose(TAGS) for _ in range(dice.roll(4))]
    if dice.one_in(4):
        value["note"] = None
    if dice.one_in(5):
        value["signed"] = dice.one_in(2)
    return value


def load(using):
    dice = Dice()

    def save(model, rows):
        model.objects.using(using).bulk_create(rows)

    save(Country, [Country(code=code, name=name, population=people) for code, name, people in COUNTRIES])
    authors = []
    for at in range(1, 41):
        authors.append(Author(
            id=at,
            name=NAMES[at - 1] if at <= len(NAMES) else f"{dice.choose(NAMES)} {dice.choose(NAMES)}",
            email=None if dice.one_in(3) else f"a{at}@example.{dice.choose(['org', 'com', 'ORG'])}",
            country_id=None if dice.one_in(5) else dice.choose(COUNTRIES)[0],
            mentor_id=None if at < 4 or dice.one_in(3) else 1 + dice.roll(at - 1),
            born=None if dice.one_in(6) else date(1920, 2, 29) + timedelta(days=dice.roll(30_000)),
            active=not dice.one_in(4),
            rating=None if dice.one_in(4) else dice.roll(41) / 8,
            joined_at=moment(dice),
        ))
    save(Author, authors)
    save(Category, [
        Category(id=at, name=name, parent_id=parent, position=position)
        for at, (name, parent, position) in enumerate(CATEGORIES, 1)
    ])
    books = []
    for at in range(1, 91):
        author = 1 + dice.roll(36)
        plain = f"{dice.choose(WORDS)} {dice.choose(['book', 'Book', 'BOOK'])} {dice.roll(12)}"
        books.append(Book(
            id=at,
            title=TITLES[at - 1] if at <= len(TITLES) else plain,
            subtitle=dice.choose([None, None, "", " ", "A subtitle", "a Subtitle", "50% off_now"]),
            author_id=author,
            editor_id=dice.choose([None, author, 1 + dice.roll(40), 1 + dice.roll(40)]),
            category_id=None if dice.one_in(6) else 1 + dice.roll(11),
            price=dice.choose([Decimal("9.99"), Decimal("10.00"), Decimal("0.00"), money(dice, 9_000)]),
            discount=None if dice.one_in(3) else dice.choose([Decimal("0.00"), Decimal("2.50"), money(dice, 900)]),
            pages=dice.choose([0, 1, 7, 100, 250, dice.roll(900)]),
            stock=None if dice.one_in(4) else dice.roll(12) - 1,
            weight=dice.roll(64) / 16,
            published=dice.choose([None, date(2020, 2, 29), *(date(2018, 12, 29) + timedelta(days=dice.roll(2_000)) for _ in range(6))]),
            updated_at=moment(dice),
            in_print=not dice.one_in(3),
            featured=dice.choose([None, True, False]),
            extra=extra(dice, at),
        ))
    save(Book, books)
    save(Tag, [Tag(id=at, name=name) for at, name in enumerate(TAGS, 1)])
    pairs = sorted({(1 + dice.roll(80), 1 + dice.roll(7)) for _ in range(150)})
    save(BookTag, [
        BookTag(id=at, book_id=book, tag_id=tag, weight=dice.roll(5)) for at, (book, tag) in enumerate(pairs, 1)
    ])
    def reviewed():
        book = dice.choose(books[:70])
        return {"book": book, "reviewer_id": dice.choose([None, book.author_id, *(1 + dice.roll(40) for _ in range(6))])}

    save(Review, [
        Review(
            id=at,
            **reviewed(),
            stars=1 + dice.roll(5),
            votes=dice.choose([0, -1, 1, 5, 2**40, dice.roll(100)]),
            body=" ".join(dice.choose(WORDS) for _ in range(dice.roll(4))),
            posted_at=moment(dice),
        )
        for at in range(1, 161)
    ])
    save(Sale, [
        Sale(
            id=at,
            book_id=1 + dice.roll(85),
            country_id=None if dice.one_in(4) else dice.choose(COUNTRIES)[0],
            quantity=1 + dice.roll(6),
            unit_price=Decimal("9.99") if dice.one_in(6) else money(dice, 5_000),
            sold_on=date(2023, 12, 25) + timedelta(days=dice.roll(80)),
            sold_at=time(dice.roll(24), dice.roll(60), dice.roll(60), dice.choose([0, 250_000])),
        )
        for at in range(1, 131)
    ])
