//! Text of any script, counted in characters; NUL where a database has it.

use orm::Dialect;
use orm::prelude::*;

use super::*;

comes_back!(any_text: String, [], vec![
    String::new(),
    " ".into(),
    "trailing ".into(),
    "it's \"quoted\" `thrice`".into(),
    "back\\slash \\n \\0 \\' %_!*?[]{}".into(),
    "tab\tnewline\ncarriage\r\nvertical\u{b}".into(),
    "Größe Я ñ e\u{301} é".into(),
    "🦀👩‍👩‍👧‍👦".into(),
    "\u{10FFFF}\u{FFFF}\u{FEFF}".into(),
    "'; DROP TABLE holder; --".into(),
    "$1 ? :name @x {}".into(),
    "x".repeat(1 << 20),
]);
comes_back_in_order!(short_text: String, [max_length = 12], vec![
    String::new(),
    " ".into(),
    "0".into(),
    "10".into(),
    "9".into(),
    "A".into(),
    "B".into(),
    "a".into(),
    "a ".into(),
    "ab".into(),
    "b".into(),
]);

#[test]
fn max_length_counts_characters() {
    use short_text::Holder;
    crate::support::run(models![Holder], async |db| {
        for text in ["é".repeat(12), "🦀".repeat(12), "x".repeat(12)] {
            let row = Holder::objects().create(db, |h| h.value(&text)).await.unwrap();
            assert_eq!(row.value, text);
        }
        Holder::objects().delete(db).await.unwrap();
        Holder::objects().create(db, |h| h.value("x")).await.unwrap();
        for text in ["é".repeat(13), "🦀".repeat(13), "x".repeat(13), " ".repeat(13), "x".repeat(100_000)]
        {
            let length = text.chars().count();
            let too_long = |error: &ValueError| *error == ValueError::TooLong { max_length: 12, length };
            refused!(db, Holder, text.clone(), too_long);
            assert_eq!(Holder::objects().filter(|h| h.value.eq(&text)).count(db).await.unwrap(), 0);
        }
    });
}

#[test]
fn nul_is_held_or_refused() {
    use any_text::Holder;
    crate::support::run(models![Holder], async |db| {
        Holder::objects().create(db, |h| h.value("x")).await.unwrap();
        for text in ["\0", "a\0b", "\0a", "a\0"].map(str::to_owned) {
            // docs/guide/src/differences.md: The character NUL in text and in JSON
            if db.dialect() == Dialect::Postgres {
                let nul = |error: &ValueError| *error == ValueError::NulInText;
                refused!(db, Holder, text.clone(), nul);
                refused_in_filters!(db, Holder, text.clone(), nul);
                for result in [
                    Holder::objects().filter(|h| h.value.contains(&text)).count(db).await,
                    Holder::objects().filter(|h| h.value.iexact(&text)).count(db).await,
                    Holder::objects().filter(|h| h.value.regex(&text)).count(db).await,
                ] {
                    assert_eq!(misfit(result), ("Holder", "value", ValueError::NulInText));
                }
            } else {
                Holder::objects().update(db, |h| h.value.set(&text)).await.unwrap();
                assert_eq!(Holder::objects().get(db).await.unwrap().value, text);
                for query in [
                    Holder::objects().filter(|h| h.value.eq(&text)),
                    Holder::objects().filter(|h| h.value.contains(&text)),
                    Holder::objects().filter(|h| h.value.startswith(&text)),
                    Holder::objects().filter(|h| h.value.iendswith(&text)),
                    Holder::objects().filter(|h| h.value.iexact(&text)),
                ] {
                    let sql = query.clone().sql(db.dialect()).unwrap();
                    assert_eq!(query.count(db).await.unwrap(), 1, "{text:?} {sql}");
                }
                let longer = Holder::objects().filter(|h| h.value.startswith(format!("{text}c")));
                assert_eq!(longer.count(db).await.unwrap(), 0, "{text:?}");
            }
        }
    });
}
