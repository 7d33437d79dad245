//! What not every MySQL has: asked of the server the first time that a statement needs it.

use std::sync::OnceLock;

use mysql_async::ServerError;
use orm_core::compile::Feature;

/// What the server is known to have, for all connections of a driver.
#[derive(Debug, Default)]
pub(crate) struct KnownFeatures {
    classic_hashes: OnceLock<bool>,
    intersection: OnceLock<bool>,
}

impl KnownFeatures {
    /// Whether the server has it, if that was asked before.
    pub(crate) fn get(&self, feature: Feature) -> Option<bool> {
        self.of(feature).get().copied()
    }

    /// Notes whether the server has it.
    pub(crate) fn note(&self, feature: Feature, there: bool) {
        // Whoever asked at the same time got the same answer.
        let _ = self.of(feature).set(there);
    }

    fn of(&self, feature: Feature) -> &OnceLock<bool> {
        match feature {
            Feature::ClassicHashes => &self.classic_hashes,
            Feature::Intersection => &self.intersection,
        }
    }
}

/// A statement that fails where the server lacks the feature. Not the version: the hashes went into a component in 9.6,
/// which may be installed, and a server that only speaks MySQL's protocol counts versions of its own.
pub(crate) fn question(feature: Feature) -> &'static str {
    match feature {
        Feature::ClassicHashes => "DO MD5(''), SHA1('')",
        Feature::Intersection => "SELECT 1 INTERSECT SELECT 1",
    }
}

/// Whether an error means that the server knows no such function or syntax, and not that something else went wrong.
pub(crate) fn means_absence(error: &ServerError) -> bool {
    // A function that is not built in is looked for in the database: there is none selected, none of that name, or none
    // that the user may call. The last is a syntax error.
    matches!(error.code, 1046 | 1305 | 1370 | 1064)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: u16) -> ServerError {
        ServerError { code, message: String::new(), state: String::new() }
    }

    #[test]
    fn features_are_known_once_they_were_asked_for() {
        let known = KnownFeatures::default();
        for feature in Feature::ALL {
            assert_eq!(known.get(feature), None);
        }
        known.note(Feature::ClassicHashes, false);
        known.note(Feature::ClassicHashes, true);
        known.note(Feature::Intersection, true);
        assert_eq!(Feature::ALL.map(|feature| known.get(feature)), [Some(false), Some(true)]);
    }

    #[test]
    fn only_what_is_unknown_to_the_server_is_absent() {
        assert!([1046, 1305, 1370, 1064].map(error).iter().all(means_absence));
        // Killed, timed out, in a read-only transaction, out of memory.
        assert!(![1317, 3024, 1792, 1037].map(error).iter().any(means_absence));
    }
}
