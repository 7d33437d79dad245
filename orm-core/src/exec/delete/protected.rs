//! The keys of rows that keep others from being deleted, as their model has them.

use std::sync::Arc;

use crate::error::{BlockingRows, ProtectedError, Result};
use crate::exec::held_keys::HeldKeys;
use crate::model::Model;
use crate::schema::{ModelMeta, RelationMeta};
use crate::value::Value;

/// Most keys of one relation that an error has.
pub(super) const MOST_KEYS: usize = 100;

/// What keeps rows from being deleted, while it is looked for.
#[derive(Default)]
pub(super) struct Blocking(Vec<(&'static RelationMeta, u64, Vec<Vec<Value>>)>);

impl Blocking {
    /// Adds rows at the start of a relation: their number, and keys of some of them.
    pub(super) fn add(
        &mut self,
        relation: &'static RelationMeta,
        rows: u64,
        keys: impl IntoIterator<Item = Vec<Value>>,
    ) {
        if rows == 0 {
            return;
        }
        let at = self.0.iter().position(|(known, ..)| std::ptr::eq(*known, relation)).unwrap_or_else(|| {
            self.0.push((relation, 0, Vec::new()));
            self.0.len() - 1
        });
        if let Some((_, total, known)) = self.0.get_mut(at) {
            *total += rows;
            let room = MOST_KEYS.saturating_sub(known.len());
            known.extend(keys.into_iter().take(room));
        }
    }

    /// An error about rows of this model that were to be deleted, if anything keeps them.
    pub(super) fn into_error(self, model: &'static ModelMeta) -> Option<ProtectedError> {
        let blocking: Vec<BlockingRows> = self
            .0
            .into_iter()
            .map(|(relation, total, values)| {
                let from = (relation.from)();
                let keys = Arc::new(HeldKeys { model: from, values });
                BlockingRows::new(from.name, relation.name, (relation.to)().name, total, keys)
            })
            .collect();
        (!blocking.is_empty()).then(|| ProtectedError::new(model.name, blocking))
    }
}

impl ProtectedError {
    /// The keys of the rows of `M` that kept others from being deleted: at most 100 for each relation.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug)]
    /// #[model(has_many(invoices = Invoice::customer))]
    /// struct Customer {
    ///     #[field(primary_key)]
    ///     id: i64,
    /// }
    ///
    /// #[derive(Model, Debug)]
    /// struct Invoice {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     #[field(on_delete = protect)]
    ///     customer: ForeignKey<Customer>,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Customer, Invoice]).await?;
    /// # let customer = Customer::objects().create(&db, |c| c).await?;
    /// # Invoice::objects().create(&db, |i| i.customer(&customer)).await?;
    /// let Err(orm::Error::Protected(error)) = customer.delete(&db).await else { panic!("an invoice was forgotten") };
    /// assert_eq!(error.keys::<Invoice>()?, [1]);
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`Customer` cannot be deleted: 1 row of `Invoice` points at `Customer` by `customer`",
    /// );
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// A key is not one of `M`'s type any more.
    pub fn keys<M: Model>(&self) -> Result<Vec<M::Key>> {
        let mut keys = Vec::new();
        for rows in self.blocking() {
            keys.append(&mut rows.keys::<M>()?);
        }
        Ok(keys)
    }
}

impl BlockingRows {
    /// The keys of these rows, at most 100; none when they are of another model than `M`.
    ///
    /// # Errors
    /// As [`ProtectedError::keys`].
    pub fn keys<M: Model>(&self) -> Result<Vec<M::Key>> {
        HeldKeys::of::<M>(self.held_keys())
    }
}
