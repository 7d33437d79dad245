//! What the function of a test takes and gives.

use std::fmt::Debug;
use std::future::Ready;

use orm_core::ast::ModelEntry;
use orm_core::exec::Database;

use super::{TestBackend, TestDatabase};

/// What a test may take: `TestDatabase` or `Database`, by value or by reference.
#[diagnostic::on_unimplemented(
    message = "a test cannot be given a `{Self}`",
    label = "expected `TestDatabase`, `&TestDatabase`, `Database<…>` or `&Database<…>`",
    note = "take `db: orm::testing::TestDatabase`, whichever database it is"
)]
pub trait Argument: Sized {
    /// The kind of database.
    type Backend: TestBackend;

    /// It, from the database of the test.
    fn lend(db: &TestDatabase<Self::Backend>) -> &Self;

    /// It, from the database of the test.
    fn give(db: &TestDatabase<Self::Backend>) -> Self;
}

impl<B: TestBackend> Argument for TestDatabase<B> {
    type Backend = B;

    fn lend(db: &TestDatabase<B>) -> &Self {
        db
    }

    fn give(db: &TestDatabase<B>) -> Self {
        db.clone()
    }
}

impl<B: TestBackend> Argument for Database<B> {
    type Backend = B;

    fn lend(db: &TestDatabase<B>) -> &Self {
        db.database()
    }

    fn give(db: &TestDatabase<B>) -> Self {
        db.database().clone()
    }
}

/// A list of models for `#[orm::test(models = …)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of models",
    label = "expected a list, such as `[User, Post]`, or what gives one: `models![User, Post]`, `Vec<ModelEntry>`"
)]
pub trait ModelList {
    /// The models.
    fn entries(&self) -> &[ModelEntry];
}

impl ModelList for [ModelEntry] {
    fn entries(&self) -> &[ModelEntry] {
        self
    }
}

impl<const N: usize> ModelList for [ModelEntry; N] {
    fn entries(&self) -> &[ModelEntry] {
        self
    }
}

impl ModelList for Vec<ModelEntry> {
    fn entries(&self) -> &[ModelEntry] {
        self
    }
}

impl<L: ModelList + ?Sized> ModelList for &L {
    fn entries(&self) -> &[ModelEntry] {
        (**self).entries()
    }
}

/// The models of a list.
pub fn entries<L: ModelList + ?Sized>(list: &L) -> &[ModelEntry] {
    list.entries()
}

/// The type of a function that fills no database.
pub type NoSetup<B> = for<'d> fn(&'d Database<B>) -> Ready<()>;

/// No function that fills the database.
pub fn no_setup<B: TestBackend>() -> Option<NoSetup<B>> {
    None
}

/// What the function of a test, or of its setup, may return: nothing, or a `Result` with nothing in it.
#[diagnostic::on_unimplemented(
    message = "a test cannot return a `{Self}`",
    label = "expected `()` or `Result<(), E>`",
    note = "end the test with `Ok(())`, or return nothing"
)]
pub trait Outcome {
    /// What went wrong, if something did.
    ///
    /// # Errors
    /// The error that was returned, as it is shown to programmers.
    fn into_result(self) -> Result<(), String>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Debug> Outcome for Result<(), E> {
    fn into_result(self) -> Result<(), String> {
        self.map_err(|error| format!("{error:?}"))
    }
}
