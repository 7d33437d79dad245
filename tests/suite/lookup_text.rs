//! Lookups of text: literal, with case or without it, in any script.

use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Word {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 60)]
    text: String,
    #[field(max_length = 60)]
    other: Option<String>,
}

async fn add(db: &Db, words: &[&str]) {
    for word in words {
        Word::objects().create(db, |w| w.text(*word)).await.unwrap();
    }
}

async fn found(db: &Db, query: QuerySet<Word>) -> Vec<String> {
    query.order_by(|w| w.id).all(db).await.unwrap().into_iter().map(|word| word.text).collect()
}

macro_rules! finds {
    ($db:expr; $($lookup:ident $text:expr => $words:expr;)*) => {$(
        let words: &[&str] = &$words;
        let query = Word::objects().filter(|w| w.text.$lookup($text));
        // Boxed: the state of so many statements in one function is large.
        assert_eq!(Box::pin(found($db, query)).await, words, "{} {:?}", stringify!($lookup), $text);
    )*};
}

#[test]
fn case_counts_except_where_a_lookup_ignores_it() {
    run(models![Word], async |db| {
        add(db, &["Straw", "straw", "STRAW", "last straw", "Last Straw"]).await;
        finds! { db;
            eq "straw" => ["straw"];
            ne "straw" => ["Straw", "STRAW", "last straw", "Last Straw"];
            contains "straw" => ["straw", "last straw"];
            contains "Straw" => ["Straw", "Last Straw"];
            startswith "straw" => ["straw"];
            startswith "St" => ["Straw"];
            endswith "straw" => ["straw", "last straw"];
            endswith "RAW" => ["STRAW"];
            iexact "STRaw" => ["Straw", "straw", "STRAW"];
            icontains "T S" => ["last straw", "Last Straw"];
            istartswith "sTRA" => ["Straw", "straw", "STRAW"];
            iendswith "STRAW" => ["Straw", "straw", "STRAW", "last straw", "Last Straw"];
            contains "" => ["Straw", "straw", "STRAW", "last straw", "Last Straw"];
            startswith "" => ["Straw", "straw", "STRAW", "last straw", "Last Straw"];
            iendswith "" => ["Straw", "straw", "STRAW", "last straw", "Last Straw"];
            iexact "" => [];
            regex "^[sS]tr" => ["Straw", "straw"];
            regex "t [sS]" => ["last straw", "Last Straw"];
            iregex "^str" => ["Straw", "straw", "STRAW"];
            regex "STRAW$" => ["STRAW"];
        }
        let some = Word::objects().filter(|w| w.text.is_in(["STRAW", "stRaw"]));
        assert_eq!(found(db, some).await, ["STRAW"]);
    });
}

#[test]
fn case_is_known_beyond_ascii() {
    run(models![Word], async |db| {
        add(db, &["École", "école", "ecole", "Яблоко", "яблоко", "ΩMEGA", "ωmega", "ÅNGSTRÖM"]).await;
        finds! { db;
            eq "école" => ["école"];
            contains "cole" => ["École", "école", "ecole"];
            startswith "É" => ["École"];
            iexact "ÉCOLE" => ["École", "école"];
            icontains "ÉC" => ["École", "école"];
            istartswith "ЯБ" => ["Яблоко", "яблоко"];
            iendswith "ОКО" => ["Яблоко", "яблоко"];
            icontains "ωM" => ["ΩMEGA", "ωmega"];
            iexact "ångström" => ["ÅNGSTRÖM"];
            startswith "я" => ["яблоко"];
            regex "^.cole$" => ["École", "école", "ecole"];
            iregex "^école$" => ["École", "école"];
            iregex "ЯБЛ" => ["Яблоко", "яблоко"];
        }
    });
}

#[test]
fn wildcards_and_escapes_are_literal() {
    const WORDS: [&str; 14] = [
        "100%",
        "100",
        "a_b",
        "axb",
        "wow!",
        "back\\slash",
        "a*b",
        "what?",
        "[x]",
        "x",
        "it's",
        "say \"hi\"",
        "!%_\\",
        "`tick`",
    ];
    run(models![Word], async |db| {
        add(db, &WORDS).await;
        finds! { db;
            contains "%" => ["100%", "!%_\\"];
            endswith "%" => ["100%"];
            startswith "%" => [];
            contains "_" => ["a_b", "!%_\\"];
            contains "a_b" => ["a_b"];
            icontains "A_B" => ["a_b"];
            contains "!" => ["wow!", "!%_\\"];
            endswith "!" => ["wow!"];
            contains "!%" => ["!%_\\"];
            startswith "!%_\\" => ["!%_\\"];
            iexact "!%_\\" => ["!%_\\"];
            eq "!%_\\" => ["!%_\\"];
            contains "\\" => ["back\\slash", "!%_\\"];
            iendswith "_\\" => ["!%_\\"];
            startswith "back\\s" => ["back\\slash"];
            contains "*" => ["a*b"];
            startswith "a*" => ["a*b"];
            endswith "*b" => ["a*b"];
            endswith "?" => ["what?"];
            startswith "wha?" => [];
            startswith "[" => ["[x]"];
            startswith "[x]" => ["[x]"];
            endswith "]" => ["[x]"];
            iendswith "[X]" => ["[x]"];
            contains "'" => ["it's"];
            endswith "\"" => ["say \"hi\""];
            contains "`" => ["`tick`"];
            regex "^a.b$" => ["a_b", "axb", "a*b"];
            regex "^a\\*b$" => ["a*b"];
            regex "[%]" => ["100%", "!%_\\"];
            regex "\\\\" => ["back\\slash", "!%_\\"];
        }
        for word in WORDS {
            assert_eq!(found(db, Word::objects().filter(|w| w.text.eq(word))).await, [word]);
            assert_eq!(found(db, Word::objects().filter(|w| w.text.iexact(word))).await, [word]);
            assert!(
                found(db, Word::objects().filter(|w| w.text.contains(word))).await.contains(&word.to_owned())
            );
            assert!(
                found(db, Word::objects().filter(|w| w.text.istartswith(word)))
                    .await
                    .contains(&word.to_owned())
            );
            assert!(
                found(db, Word::objects().filter(|w| w.text.endswith(word))).await.contains(&word.to_owned())
            );
        }
    });
}

#[test]
fn spaces_and_accents_count() {
    run(models![Word], async |db| {
        add(db, &["a", "a ", " a", "a\t", "á", "", " "]).await;
        finds! { db;
            eq "a" => ["a"];
            eq "a " => ["a "];
            eq "" => [""];
            eq " " => [" "];
            iexact "A " => ["a "];
            iexact "" => [""];
            endswith " " => ["a ", " "];
            startswith " " => [" a", " "];
            contains "á" => ["á"];
            ne "a" => ["a ", " a", "a\t", "á", "", " "];
            is_in ["a ", ""] => ["a ", ""];
        }
        // Canonically equivalent, but not the same text.
        assert_eq!(found(db, Word::objects().filter(|w| w.text.eq("a\u{301}"))).await, Vec::<String>::new());
        assert_eq!(Word::objects().distinct().count(db).await.unwrap(), 7);
    });
}

#[test]
fn null_text_matches_nothing() {
    run(models![Word], async |db| {
        for other in [Some("Ann"), Some(""), None] {
            Word::objects().create(db, |w| w.text("x").other(other.map(str::to_owned))).await.unwrap();
        }
        let ids = async |query: QuerySet<Word>| {
            query.order_by(|w| w.id).all(db).await.unwrap().iter().map(|word| word.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(Word::objects().filter(|w| w.other.contains(""))).await, [1, 2]);
        assert_eq!(ids(Word::objects().filter(|w| !w.other.icontains("a"))).await, [2]);
        assert_eq!(ids(Word::objects().exclude(|w| w.other.startswith("A"))).await, [2, 3]);
        assert_eq!(ids(Word::objects().exclude(|w| w.other.iregex("^a"))).await, [2, 3]);
        assert_eq!(ids(Word::objects().filter(|w| w.other.iexact("ANN") | w.other.is_null())).await, [1, 3]);
        assert_eq!(ids(Word::objects().filter(|w| w.other.contains("n").eq(true))).await, [1]);
    });
}

#[test]
fn a_wrong_pattern_is_an_error() {
    run(models![Word], async |db| {
        add(db, &["x"]).await;
        for query in [
            Word::objects().filter(|w| w.text.regex("(canary")),
            Word::objects().filter(|w| w.text.iregex("[canary")),
        ] {
            let error = query.count(db).await.expect_err("no pattern");
            assert!(error.kind().is_some(), "{error}");
        }
        assert_eq!(Word::objects().count(db).await.unwrap(), 1);
    });
}
