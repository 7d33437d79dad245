//! What not every version of a database has: the driver looks before it sends a statement that uses it.

/// Something that a statement uses and that only some versions of a database have. Where all versions lack it, compiling
/// refuses it; where that depends on the server, its driver does, before the statement is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// The functions `MD5` and `SHA1`. Read by MySQL's driver.
    ClassicHashes,
    /// INTERSECT and EXCEPT. Read by MySQL's driver.
    Intersection,
}

impl Feature {
    /// All of them.
    pub const ALL: [Feature; 2] = [Feature::ClassicHashes, Feature::Intersection];

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Feature::ClassicHashes => "`md5` and `sha1`",
            Feature::Intersection => "`intersection` and `difference`",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Feature::ClassicHashes => 1,
            Feature::Intersection => 2,
        }
    }
}

/// The features that a statement uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features(u8);

impl Features {
    /// None.
    pub const NONE: Features = Features(0);

    /// Adds one.
    pub fn insert(&mut self, feature: Feature) {
        self.0 |= feature.bit();
    }

    /// Those that are used.
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.into_iter().filter(move |feature| self.0 & feature.bit() != 0)
    }

    /// Whether nothing needs to be looked for.
    pub fn is_empty(self) -> bool {
        self == Features::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_told_apart() {
        let mut features = Features::NONE;
        assert!(features.is_empty());
        features.insert(Feature::Intersection);
        assert_eq!(features.iter().collect::<Vec<_>>(), [Feature::Intersection]);
        features.insert(Feature::ClassicHashes);
        assert_eq!(features.iter().collect::<Vec<_>>(), Feature::ALL);
    }
}
