//! Collects the mistakes of a derive, so that its user sees them all at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Error;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Vec<Error>,
}

impl Diagnostics {
    /// Notes a mistake at the user's own tokens.
    pub(crate) fn push(&mut self, at: impl ToTokens, message: impl Display) {
        self.errors.push(Error::new_spanned(at, message));
    }

    /// Notes a mistake that a parser found.
    pub(crate) fn error(&mut self, error: Error) {
        self.errors.push(error);
    }

    /// Whether none was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The code with the mistakes beside it: it keeps errors about what it defines from following.
    pub(crate) fn beside(self, code: &TokenStream) -> TokenStream {
        let errors = self.errors.iter().map(Error::to_compile_error);
        quote!(#(#errors)* #code)
    }

    /// The messages, for tests.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.errors.iter().flat_map(|error| error.clone().into_iter().map(|one| one.to_string())).collect()
    }

    /// Fails unless there is one message for each of these texts, which contains it.
    #[cfg(test)]
    #[track_caller]
    pub(crate) fn assert_contain(&self, expected: &[&str]) {
        let messages = self.messages();
        assert_eq!(messages.len(), expected.len(), "{messages:#?}");
        for (message, expected) in messages.iter().zip(expected) {
            assert!(message.contains(expected), "{message:?} lacks {expected:?}");
        }
    }
}

/// `; did you mean …?` when one of the words is close to what was written, otherwise nothing.
pub(crate) fn did_you_mean<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    let limit = if written.len() > 4 { 2 } else { 1 };
    words
        .into_iter()
        .map(|word| (strsim::osa_distance(written, word), word))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| format!("; did you mean `{word}`?"))
        .unwrap_or_default()
}

/// `a`, `b` and `c`, each in backquotes.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_close_word_is_suggested() {
        assert_eq!(did_you_mean("titel", ["title", "views"]), "; did you mean `title`?");
        assert_eq!(did_you_mean("authr", ["title", "author"]), "; did you mean `author`?");
        assert_eq!(did_you_mean("pk", ["id", "title"]), "");
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
