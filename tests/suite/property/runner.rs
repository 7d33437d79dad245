//! Runs a check on random cases, makes a failing one small, and says how to see it again.

use std::fmt::Debug;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// How many cases a test runs: `ORM_PROPERTY_CASES`, or `default`.
pub fn cases(default: u64) -> u64 {
    number("ORM_PROPERTY_CASES").unwrap_or(default)
}

/// Where chance begins: `ORM_PROPERTY_SEED`, or another place each time.
pub fn seed() -> u64 {
    number("ORM_PROPERTY_SEED").unwrap_or_else(rand_seed)
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {text}")))
}

fn rand_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    // Short enough to type.
    RandomState::new().hash_one(0) % 1_000_000_000
}

/// One value of a strategy: the same for the same seed and number.
pub fn generate<S: Strategy>(strategy: &S, seed: u64, number: u64) -> S::Tree {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    strategy.new_tree(&mut runner).expect("a value is made")
}

/// Checks the case, and panics with the smallest one that still fails.
pub async fn check<T: ValueTree<Value: Debug>>(
    mut case: T,
    seed: u64,
    check: impl AsyncFn(&T::Value) -> Result<(), String>,
) {
    let Err(mut reason) = check(&case.current()).await else { return };
    let mut smallest = case.current();
    // A case that fails in many ways could keep shrinking for long; this is enough to read it.
    for _ in 0..2_000 {
        let value = case.current();
        let smaller = match check(&value).await {
            Err(error) => {
                (smallest, reason) = (value, error);
                case.simplify()
            }
            Ok(()) => case.complicate(),
        };
        if !smaller {
            break;
        }
    }
    panic!("{reason}\n\nThe smallest case: {smallest:#?}\n\nAgain: ORM_PROPERTY_SEED={seed}");
}
