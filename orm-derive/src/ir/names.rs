//! Names in Rust and in the database, each made from the other's.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;

use crate::diagnostics::Diagnostics;

/// The longest name that every database keeps whole, in bytes: PostgreSQL cuts what is longer.
const LONGEST: usize = 63;

/// `BlogPost` → `blog_post`, `HTTPServer` → `http_server`, `Address2` → `address2`.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before != '_' && (!before.is_uppercase() || after.is_some_and(char::is_lowercase))
            });
        if starts_word {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// `blog_tags` → `BlogTags`.
pub(crate) fn camel_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    words.collect()
}

/// `InReview` → `In review`.
pub(crate) fn words(name: &str) -> String {
    let spaced = snake_case(name).replace('_', " ");
    let mut letters = spaced.trim().chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Names that a module must not have: keywords that cannot be raw, primitive types and crates that it would hide.
const TAKEN: &[&str] = &[
    "crate", "self", "super", "bool", "char", "str", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
    "u32", "u64", "u128", "usize", "f32", "f64", "std", "core", "alloc", "orm",
];

/// The name of the module with the types of a model's fields.
pub(crate) fn module(model: &Ident) -> Ident {
    let snake = snake_case(&model.unraw().to_string());
    if TAKEN.contains(&snake.as_str()) {
        return Ident::new(&format!("{snake}_"), Span::call_site());
    }
    syn::parse_str::<Ident>(&snake).unwrap_or_else(|_| Ident::new_raw(&snake, Span::call_site()))
}

/// Notes a name that a database cannot have.
pub(crate) fn check(name: &str, what: &str, at: &dyn ToTokens, diagnostics: &mut Diagnostics) {
    if name.is_empty() {
        diagnostics.push(at, format_args!("the name of {what} is empty"));
    } else if name.chars().any(char::is_control) {
        diagnostics.push(at, format_args!("the name of {what} contains a control character; remove it"));
    } else if name.len() > LONGEST {
        diagnostics.push(
            at,
            format_args!(
                "the name of {what} has {} bytes, and databases keep {LONGEST}; give a shorter one",
                name.len()
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_give_tables() {
        for (name, table) in [
            ("Post", "post"),
            ("BlogPost", "blog_post"),
            ("HTTPServer", "http_server"),
            ("MyHTTP", "my_http"),
            ("Address2", "address2"),
            ("A", "a"),
            ("AB", "ab"),
            ("ABTest", "ab_test"),
            ("already_snake", "already_snake"),
            ("Blog_Post", "blog_post"),
            ("Größe", "größe"),
        ] {
            assert_eq!(snake_case(name), table);
        }
    }

    #[test]
    fn variants_give_labels() {
        assert_eq!(words("InReview"), "In review");
        assert_eq!(words("Draft"), "Draft");
    }

    #[test]
    fn a_module_hides_no_type() {
        for (model, expected) in [("Str", "str_"), ("Crate", "crate_"), ("Type", "r#type"), ("Post", "post")]
        {
            assert_eq!(module(&Ident::new(model, Span::call_site())).to_string(), expected);
        }
    }

    #[test]
    fn names_fit_every_database() {
        let mut diagnostics = Diagnostics::default();
        let at = Ident::new("x", Span::call_site());
        check(&"x".repeat(63), "the table", &at, &mut diagnostics);
        assert!(diagnostics.is_empty());
        for name in ["", "a\0b", &"x".repeat(64)] {
            check(name, "the table", &at, &mut diagnostics);
        }
        assert_eq!(diagnostics.messages().len(), 3);
    }
}
