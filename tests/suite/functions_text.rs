//! Functions of text: the same answer for odd text, odd lengths and NULL on every database.

use std::pin::pin;

use futures_util::TryStreamExt;
use orm::prelude::*;
use orm::{Dialect, Error};

use crate::support::{Db, run};

#[derive(FieldType, Debug, Clone, PartialEq)]
struct Label(String);

#[derive(Model, Debug, Clone)]
struct Word {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 60)]
    text: String,
    #[field(max_length = 60)]
    other: Option<String>,
    number: i64,
    count: Option<i64>,
    #[field(max_length = 60)]
    label: Option<Label>,
}

const TEXTS: [&str; 16] = [
    "",
    " ",
    "a",
    "Ab cD",
    "  two  ",
    "\ttab ",
    "é",
    "e\u{301}",
    "Straße",
    "ΑΣ",
    "Яблоко",
    "😀b😀",
    "a%b_c!d\\e",
    "it's \"so\"",
    "👩‍👩‍👧",
    "xXxXxX",
];

async fn add(db: &Db, texts: &[&str]) {
    for text in texts {
        Word::objects().create(db, |w| w.text(*text).number(0)).await.unwrap();
    }
}

/// A text with a NUL too, where the database holds one.
fn texts_for(db: &Db) -> Vec<&'static str> {
    let mut texts = TEXTS.to_vec();
    if db.dialect() != Dialect::Postgres {
        texts.extend(["\0", "a\0b", " \0 "]);
    }
    texts
}

/// What an expression gives for each row.
macro_rules! values {
    ($db:expr, |$w:ident| $expr:expr) => {
        // Boxed: the state of so many statements in one function is large.
        Box::pin(Word::objects().order_by(|w| w.id).values(|$w| $expr).all($db)).await.unwrap()
    };
}

/// Compares what an expression gives with what Rust makes of each text.
macro_rules! agrees {
    ($db:expr, $texts:expr; $(|$w:ident| $expr:expr => |$text:ident| $expected:expr;)*) => {$(
        let expected: Vec<_> = $texts.iter().map(|$text| { let $text: &str = $text; $expected }).collect();
        assert_eq!(values!($db, |$w| $expr), expected, "{}", stringify!($expr));
    )*};
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap()
}

fn take(text: &str, length: i64) -> String {
    text.chars().take(usize::try_from(length.max(0)).unwrap_or(usize::MAX)).collect()
}

fn skip(text: &str, length: i64) -> String {
    text.chars().skip(usize::try_from(length.max(0)).unwrap_or(usize::MAX)).collect()
}

fn last(text: &str, length: i64) -> String {
    skip(text, count(text).saturating_sub(length.max(0)))
}

fn filling(text: &str, length: i64, fill: &str) -> String {
    take(&fill.repeat(100), length.saturating_sub(count(text)))
}

fn repeat(text: &str, times: i64) -> String {
    text.repeat(usize::try_from(times.max(0)).unwrap())
}

#[test]
fn characters_count_in_any_text() {
    run(models![Word], async |db| {
        let texts = texts_for(db);
        add(db, &texts).await;
        agrees! { db, texts;
            |w| w.text.length() => |t| count(t);
            |w| w.text.reverse() => |t| t.chars().rev().collect::<String>();
            |w| w.text.trim() => |t| t.trim_matches(' ').to_owned();
            |w| w.text.ltrim() => |t| t.trim_start_matches(' ').to_owned();
            |w| w.text.rtrim() => |t| t.trim_end_matches(' ').to_owned();
            |w| w.text.ord() => |t| t.chars().next().map_or(0, |first| i64::from(u32::from(first)));
            |w| w.text.replace("X", "<é>") => |t| t.replace('X', "<é>");
            |w| w.text.replace("b", "") => |t| t.replace('b', "");
            |w| w.text.replace("", "x") => |t| t.to_owned();
            |w| w.text.replace("%", "_") => |t| t.replace('%', "_");
            |w| w.text.replace("😀", "\\") => |t| t.replace('😀', "\\");
            |w| w.text.strindex("b") => |t| t.find('b').map_or(0, |at| count(&t[..at]) + 1);
            |w| w.text.strindex("X") => |t| t.find('X').map_or(0, |at| count(&t[..at]) + 1);
            |w| w.text.strindex("") => |_t| 1;
            |w| w.text.concat("|").concat(w.text) => |t| format!("{t}|{t}");
        }
    });
}

#[test]
fn lengths_may_be_anything() {
    run(models![Word], async |db| {
        let texts = texts_for(db);
        add(db, &texts).await;
        for number in [i64::MIN, -3_000_000_000, -1, 0, 1, 2, 3, 5, 100, 3_000_000_000, i64::MAX] {
            Word::objects().update(db, |w| w.number.set(number)).await.unwrap();
            // As a value, and as what the row holds.
            agrees! { db, texts;
                |w| w.text.left(number) => |t| take(t, number);
                |w| w.text.left(w.number) => |t| take(t, number);
                |w| w.text.right(number) => |t| last(t, number);
                |w| w.text.right(w.number) => |t| last(t, number);
                |w| w.text.substr(number, 2) => |t| take(&skip(t, number.max(1) - 1), 2);
                |w| w.text.substr(w.number, 2) => |t| take(&skip(t, number.max(1) - 1), 2);
                |w| w.text.substr(2, number) => |t| take(&skip(t, 1), number);
                |w| w.text.substr(2, w.number) => |t| take(&skip(t, 1), number);
                |w| w.text.substr_from(number) => |t| skip(t, number.max(1) - 1);
                |w| w.text.substr_from(w.number) => |t| skip(t, number.max(1) - 1);
            }
            // What would be longer than any text can be has a test of its own.
            if number > 100 {
                continue;
            }
            agrees! { db, texts;
                |w| w.text.repeat(number) => |t| repeat(t, number);
                |w| w.text.repeat(w.number) => |t| repeat(t, number);
                |w| w.text.lpad(number, "<é") => |t| filling(t, number, "<é") + &take(t, number);
                |w| w.text.lpad(w.number, "<é") => |t| filling(t, number, "<é") + &take(t, number);
                |w| w.text.rpad(number, "😀>") => |t| take(t, number) + &filling(t, number, "😀>");
                |w| w.text.rpad(w.number, "😀>") => |t| take(t, number) + &filling(t, number, "😀>");
                |w| w.text.lpad(number, "") => |t| take(t, number);
                |w| w.text.rpad(w.number, "") => |t| take(t, number);
            }
        }
    });
}

#[test]
fn lengths_may_be_calculated() {
    run(models![Word], async |db| {
        add(db, &TEXTS).await;
        agrees! { db, TEXTS;
            |w| w.text.left(w.text.length() - 1) => |t| take(t, count(t) - 1);
            |w| w.text.left(w.text.length()) => |t| t.to_owned();
            |w| w.text.substr(w.text.strindex("b") + 1, w.text.length()) =>
                |t| t.find('b').map_or(t.to_owned(), |at| t[at + 1..].to_owned());
            |w| w.text.lpad(w.text.length() + 1, ".") => |t| format!(".{t}");
        }
    });
}

#[test]
fn a_text_longer_than_any_can_be_is_no_text() {
    run(models![Word], async |db| {
        add(db, &["ab"]).await;
        for times in [2_000_000_000, i64::MAX] {
            let length = Word::objects().values(|w| w.text.repeat(times).length()).all(db).await;
            let padded = Word::objects().values(|w| w.text.lpad(times, "x").length()).all(db).await;
            for result in [length, padded] {
                match db.dialect() {
                    // The server's error, or the driver's for SQLite.
                    Dialect::Postgres | Dialect::Sqlite => assert!(result.is_err_and(|e| e.kind().is_some())),
                    // NULL and a warning, so the row has no number.
                    // docs/guide/src/differences.md: Text that grows beyond what the database can hold
                    Dialect::MySql | Dialect::MariaDb => assert!(result.is_err()),
                }
            }
        }
        assert_eq!(values!(db, |w| w.text.repeat(1000).length()), [2000]);
    });
}

#[test]
fn letters_change_case_one_by_one() {
    run(models![Word], async |db| {
        add(
            db,
            &[
                "Hello",
                "ÀÉÎ àéî",
                "Straße",
                "ΑΣ ας",
                "ЯБЛОКО яблоко",
                "ÿ",
                "ﬁ ŉ",
                "ı ſ",
                "ÅNGSTRÖM",
                "1 %",
                "",
            ],
        )
        .await;
        assert_eq!(
            values!(db, |w| w.text.lower()),
            [
                "hello",
                "àéî àéî",
                "straße",
                "ασ ας",
                "яблоко яблоко",
                "ÿ",
                "ﬁ ŉ",
                "ı ſ",
                "ångström",
                "1 %",
                ""
            ]
        );
        assert_eq!(
            values!(db, |w| w.text.upper()),
            [
                "HELLO",
                "ÀÉÎ ÀÉÎ",
                "STRAßE",
                "ΑΣ ΑΣ",
                "ЯБЛОКО ЯБЛОКО",
                "Ÿ",
                "ﬁ ŉ",
                "I S",
                "ÅNGSTRÖM",
                "1 %",
                ""
            ]
        );
        // As the lookups that ignore case do.
        let sigma = Word::objects().filter(|w| w.text.iexact("ας ΑΣ"));
        assert_eq!(sigma.count(db).await.unwrap(), 0);
        assert_eq!(Word::objects().filter(|w| w.text.iexact("ασ ΑΣ")).count(db).await.unwrap(), 0);
        assert_eq!(
            Word::objects().filter(|w| w.text.iexact("ασ ΑΣ".replace('Σ', "ς"))).count(db).await.unwrap(),
            1
        );
    });
}

#[test]
fn null_gives_null() {
    run(models![Word], async |db| {
        let five = |w| Word::objects().filter(move |row| row.id.eq(w));
        Word::objects().create(db, |w| w.text("ab").number(1).other("x".to_owned()).count(1)).await.unwrap();
        let id = Word::objects().create(db, |w| w.text("ab").number(1)).await.unwrap().id;
        macro_rules! nulls {
            ($(|$w:ident| $expr:expr;)*) => {$(
                let all = values!(db, |$w| $expr);
                assert_eq!(all.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false], stringify!($expr));
            )*};
        }
        nulls! {
            |w| w.other.lower();
            |w| w.other.upper();
            |w| w.other.length();
            |w| w.other.substr(1, 1);
            |w| w.text.substr(w.count, 1);
            |w| w.text.substr(1, w.count);
            |w| w.text.substr_from(w.count);
            |w| w.text.left(w.count);
            |w| w.text.right(w.count);
            |w| w.other.trim();
            |w| w.text.replace("a", w.other);
            |w| w.text.replace(w.other, "a");
            |w| w.text.strindex(w.other);
            |w| w.text.repeat(w.count);
            |w| w.other.reverse();
            |w| w.text.lpad(w.count, "x");
            |w| w.other.rpad(9, "x");
            |w| w.count.chr();
            |w| w.other.ord();
            |w| w.other.sha256();
        }
        assert_eq!(five(id).filter(|w| w.other.lower().is_null()).count(db).await.unwrap(), 1);
        assert_eq!(values!(db, |w| w.other.length().coalesce(-1)), [1, -1]);
    });
}

#[test]
fn concat_takes_null_for_no_text() {
    run(models![Word], async |db| {
        Word::objects().create(db, |w| w.text("é").number(-7).other("x%".to_owned())).await.unwrap();
        Word::objects().create(db, |w| w.text("").number(i64::MAX)).await.unwrap();
        assert_eq!(values!(db, |w| w.text.concat(w.other)), ["éx%", ""]);
        assert_eq!(values!(db, |w| w.other.concat(w.count)), ["x%", ""]);
        assert_eq!(
            values!(db, |w| w.number.concat("/").concat(w.number)),
            ["-7/-7", &format!("{0}/{0}", i64::MAX)]
        );
        assert_eq!(values!(db, |w| w.number.concat(w.count)), ["-7", &i64::MAX.to_string()]);
        assert_eq!(
            values!(db, |w| concat((5, "😀", &"b".to_owned(), 'c'.to_string(), w.text))),
            ["5😀bcé", "5😀bc"]
        );
        assert_eq!(
            values!(db, |w| concat((w.id + 1, w.other.upper(), concat(("<", w.text, ">")), w.text.length()))),
            ["2X%<é>1", "3<>0"]
        );
        let found = Word::objects().filter(|w| concat((w.other, w.text)).eq("x%é"));
        assert_eq!(found.count(db).await.unwrap(), 1);
        // A chain is one call, whatever its length.
        let chain = |w: WordFields| (0..3_000).fold(w.text.concat(""), |chain, _| chain.concat(w.text));
        assert_eq!(values!(db, |w| chain(w).length()), [3_001, 0]);
    });
}

#[test]
fn a_character_has_a_code_point() {
    run(models![Word], async |db| {
        let numbers = [
            65,
            97,
            0,
            -1,
            233,
            0x1F600,
            0xD7FF,
            0xD800,
            0xDFFF,
            0xE000,
            0x0010_FFFF,
            0x0011_0000,
            1 << 32,
            (1 << 32) + 65,
        ];
        for number in numbers {
            Word::objects().create(db, |w| w.text("x").number(number)).await.unwrap();
        }
        let expected: Vec<_> = numbers
            .map(|number| {
                u32::try_from(number).ok().filter(|n| *n > 0).and_then(char::from_u32).map(String::from)
            })
            .to_vec();
        assert_eq!(values!(db, |w| w.number.chr()), expected);
        assert_eq!(Word::objects().filter(|w| w.number.chr().eq("a")).get(db).await.unwrap().number, 97);
        assert_eq!(Word::objects().filter(|w| w.number.chr().ord().eq(w.number)).count(db).await.unwrap(), 7);
        let nested = Word::objects().filter(|w| w.number.chr().ord().chr().eq("a"));
        match db.dialect() {
            Dialect::Sqlite => assert_eq!(nested.count(db).await.unwrap(), 1),
            _ => assert!(matches!(nested.count(db).await, Err(Error::InvalidQuery(_)))),
        }
    });
}

#[test]
fn digests_are_hexadecimal() {
    const SHA512: &str = "9e2ad28633f24451bd4f3c1cb20586a21a44c3aeedbdc01b9cc8fa72917ea7bd\
                          689c82b8bf1fef89b911cf8cc46fa2c1ccc10087b2094fd4d3350ecd88526a2c";
    const SHA384: &str =
        "41a2ddb34dca0b400fa9b73a368307acbed758e85ce50527d1655a263a10e20eefa18f8116767a128877a97c11160a26";
    run(models![Word], async |db| {
        add(db, &["é", ""]).await;
        let accented = |digests: Vec<String>| digests[0].clone();
        assert_eq!(
            values!(db, |w| w.text.sha224()),
            [
                "33dd9448e5538d16ddc6df32dd7f16240cac6cb5238c1c22cb33ae66",
                "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"
            ]
        );
        assert_eq!(
            accented(values!(db, |w| w.text.sha256())),
            "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
        );
        assert_eq!(accented(values!(db, |w| w.text.sha384())), SHA384);
        assert_eq!(accented(values!(db, |w| w.text.sha512())), SHA512);
        // Compared by their bytes, as all text.
        for (text, found) in [(SHA512.to_owned(), 1), (SHA512.to_uppercase(), 0)] {
            assert_eq!(Word::objects().filter(|w| w.text.sha512().eq(&text)).count(db).await.unwrap(), found);
        }

        let md5 = Word::objects().order_by(|w| w.id).values(|w| w.text.md5()).all(db).await;
        let sha1 = Word::objects().order_by(|w| w.id).values(|w| w.text.sha1()).all(db).await;
        // docs/guide/src/differences.md: `md5()`, `sha1()`
        if db.dialect() == Dialect::MySql && md5.is_err() {
            // MySQL 9.6 and later have them only in a component.
            let refused = "MySQL does not support `md5` and `sha1`";
            for result in [md5, sha1] {
                let error = result.expect_err("no such function");
                assert!(matches!(error, Error::Unsupported { .. }), "{error}");
                assert_eq!(error.to_string(), refused);
            }
            // By every way that leads to the server.
            let error = db_calls(db).await;
            assert_eq!(error.map(|error| error.to_string()), [refused; 4]);
            return;
        }
        assert_eq!(md5.unwrap(), ["66ddcd97cfdeabb2f6fb8a999b4bc76f", "d41d8cd98f00b204e9800998ecf8427e"]);
        // docs/guide/src/differences.md: `sha1()`
        if db.dialect() == Dialect::Postgres {
            assert!(matches!(sha1, Err(Error::Unsupported { .. })));
        } else {
            assert_eq!(accented(sha1.unwrap()), "bf15be717ac1b080b4f1c456692825891ff5073d");
        }
    });
}

async fn db_calls(db: &Db) -> [Error; 4] {
    let hashed = || Word::objects().filter(|w| w.text.md5().startswith("6"));
    let mut stream = pin!(hashed().stream(db));
    [
        hashed().count(db).await.unwrap_err(),
        hashed().update(db, |w| w.text.set("x")).await.unwrap_err(),
        stream.try_next().await.unwrap_err(),
        hashed().explain(db).await.unwrap_err(),
    ]
}

#[test]
fn computed_text_is_compared_by_its_bytes() {
    run(models![Word], async |db| {
        add(db, &["Tea", "tea", "TEA", "tea ", "tée"]).await;
        let n = async |query: QuerySet<Word>| query.count(db).await.unwrap();
        assert_eq!(n(Word::objects().filter(|w| w.text.lower().eq("tea"))).await, 3);
        assert_eq!(n(Word::objects().filter(|w| w.text.lower().eq("TEA"))).await, 0);
        assert_eq!(n(Word::objects().filter(|w| w.text.upper().eq("TEA"))).await, 3);
        assert_eq!(n(Word::objects().filter(|w| w.text.upper().eq("TEA "))).await, 1);
        assert_eq!(n(Word::objects().filter(|w| w.text.left(2).eq("te"))).await, 2);
        assert_eq!(n(Word::objects().filter(|w| w.text.trim().eq("tea"))).await, 2);
        assert_eq!(n(Word::objects().filter(|w| w.text.lpad(4, "A").eq("atea"))).await, 0);
        assert_eq!(n(Word::objects().filter(|w| w.text.reverse().startswith("a"))).await, 2);
        assert_eq!(n(Word::objects().filter(|w| w.text.concat("X").endswith("aX"))).await, 2);
        assert_eq!(n(Word::objects().filter(|w| w.text.concat("X").endswith("ax"))).await, 0);
        assert_eq!(n(Word::objects().filter(|w| w.text.concat("X").iendswith("AX"))).await, 3);
        assert_eq!(n(Word::objects().filter(|w| w.text.lower().contains(w.text))).await, 3);
        assert_eq!(n(Word::objects().filter(|w| w.text.lower().regex("^tea$"))).await, 3);
        assert_eq!(n(Word::objects().filter(|w| w.text.replace("T", "t").is_in(["tea", "tEA"]))).await, 3);
        assert_eq!(n(Word::objects().filter(|w| w.text.lower().ne(w.text))).await, 2);
        let many = || (0..5_000).map(|number| format!("TEA{number}")).chain(["tea".to_owned()]);
        assert_eq!(n(Word::objects().filter(|w| w.text.lower().is_in(many()))).await, 3);
        assert_eq!(n(Word::objects().filter(|w| w.text.upper().is_in(many()))).await, 0);
        assert_eq!(
            n(Word::objects().filter(|w| w.text.length().gt(3) & w.text.strindex("A").eq(0))).await,
            1
        );
        assert_eq!(n(Word::objects().filter(|w| value("TEA".to_owned()).lower().eq(w.text))).await, 1);
        let longest = Word::objects().order_by(|w| (w.text.length().desc(), w.text.strindex("e"), w.id));
        assert_eq!(longest.first(db).await.unwrap().unwrap().text, "tea ");
    });
}

#[test]
fn functions_stand_in_groups_updates_and_subqueries() {
    run(models![Word], async |db| {
        add(db, &["ant", "ape", "Bee", "bat"]).await;
        let mut groups =
            Word::objects().values(|w| (w.text.left(1).lower(), w.id.count())).all(db).await.unwrap();
        groups.sort();
        assert_eq!(groups, [("a".to_owned(), 2), ("b".to_owned(), 2)]);
        let last = Word::objects()
            .values(|w| (w.text.left(1), w.text.max().upper()))
            .having(|w| w.text.min().length().eq(3) & w.text.max().endswith("pe"))
            .all(db)
            .await
            .unwrap();
        assert_eq!(last, [("a".to_owned(), Some("APE".to_owned()))]);
        Word::objects()
            .filter(|w| w.text.istartswith("b"))
            .update(db, |w| w.text.set(concat((w.text.upper(), "-", w.text.length()))))
            .await
            .unwrap();
        assert_eq!(values!(db, |w| w.text), ["ant", "ape", "BEE-3", "BAT-3"]);
        let first = Word::objects().filter(|w| w.text.startswith("a")).values(|w| w.text.left(1).upper());
        let others =
            Word::objects().filter(|w| w.text.right(3).left(1).is_in(first)).count(db).await.unwrap();
        assert_eq!(others, 0);
        let deep = Word::objects().filter(|w| {
            let mut text = w.text.trim();
            for _ in 0..100 {
                text = text.trim();
            }
            text.eq("ant")
        });
        assert!(matches!(deep.count(db).await, Err(Error::ExpressionTooDeep { .. })));
    });
}

#[derive(Model, Debug, Clone)]
#[model(check(name = "code_form", |row| row.code.trim().length().ge(2) & row.code.upper().left(1).eq(row.code.left(1)) & row.code.contains(row.suffix)))]
struct Coded {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 60)]
    code: String,
    #[field(max_length = 60)]
    suffix: String,
}

#[test]
fn a_check_may_call_functions() {
    run(models![Coded], async |db| {
        for (code, suffix, fits) in [
            ("Ab", "b", true),
            ("É%_", "%_", true),
            ("A ", " ", false),
            ("ab", "b", false),
            ("Ab", "%", false),
        ] {
            let made = Coded::objects().create(db, |c| c.code(code).suffix(suffix)).await;
            match made {
                Ok(_) => assert!(fits, "{code}"),
                Err(error) => {
                    assert!(!fits, "{code}: {error}");
                    assert_eq!(error.kind(), Some(orm::DatabaseErrorKind::CheckViolation), "{error}");
                }
            }
        }
    });
}

#[test]
fn a_newtype_of_text_is_text() {
    run(models![Word], async |db| {
        Word::objects().create(db, |w| w.text("x").number(1).label(Label("Ann".into()))).await.unwrap();
        assert_eq!(values!(db, |w| w.label.upper()), [Some("ANN".to_owned())]);
        assert_eq!(values!(db, |w| w.label.concat(w.number)), ["Ann1"]);
        assert_eq!(Word::objects().filter(|w| w.label.length().eq(3)).count(db).await.unwrap(), 1);
    });
}

#[test]
fn a_collation_decides_what_is_equal_and_what_is_first() {
    run(models![Word], async |db| {
        add(db, &["b", "A", "a", "B"]).await;
        let (ignoring_case, by_bytes) = match db.dialect() {
            Dialect::Postgres => ("en-x-icu", "C"),
            Dialect::MySql => ("utf8mb4_0900_ai_ci", "utf8mb4_0900_bin"),
            Dialect::MariaDb => ("utf8mb4_general_ci", "utf8mb4_nopad_bin"),
            Dialect::Sqlite => ("NOCASE", "BINARY"),
        };
        let sorted = async |collation: &str| {
            let words =
                Word::objects().order_by(|w| (w.text.collate(collation), w.id)).all(db).await.unwrap();
            words.into_iter().map(|word| word.text).collect::<String>()
        };
        assert_eq!(sorted(by_bytes).await, "ABab");
        assert_eq!(sorted(ignoring_case).await.to_lowercase(), "aabb");
        let equal = async |collation: &str| {
            let words = Word::objects().filter(|w| w.text.collate(collation).eq("a"));
            words.count(db).await.unwrap()
        };
        assert_eq!(equal(by_bytes).await, 1);
        // PostgreSQL's are equal only where all bytes are, unless made otherwise.
        assert_eq!(equal(ignoring_case).await, if db.dialect() == Dialect::Postgres { 1 } else { 2 });
        let shifted = Word::objects().filter(|w| w.text.concat("").collate(by_bytes).lt("a"));
        assert_eq!(shifted.count(db).await.unwrap(), 2);

        let unknown = Word::objects().order_by(|w| w.text.collate("no_such_collation")).all(db).await;
        assert!(unknown.expect_err("no such collation").kind().is_some());
        for name in ["", "a b", "a\"b", "a`b", "a;b", "é", &"x".repeat(64)] {
            let error = Word::objects().order_by(|w| w.text.collate(name)).all(db).await;
            assert!(matches!(error, Err(Error::InvalidQuery(_))), "{name}");
        }
    });
}
