//! What completing rows takes of them beyond what they become: the keys by which their lists are found.

use std::any::Any;

use crate::model::Key;

/// The keys of rows that were read, for each list, with the row's number among them.
#[derive(Default)]
pub struct Kept {
    /// For each list a `Vec<Option<K>>`, by the rows' numbers.
    lists: Vec<Option<Box<dyn Any + Send>>>,
    /// How many rows were read.
    rows: usize,
    /// The numbers of the rows in the order in which they stand now, if it is not that in which they were read.
    order: Option<Vec<usize>>,
}

impl Kept {
    /// Keeps a key of the row that is being read.
    pub(crate) fn push<K: Key>(&mut self, list: usize, key: K) {
        if self.lists.len() <= list {
            self.lists.resize_with(list + 1, || None);
        }
        let keys = self.lists[list].get_or_insert_with(|| Box::new(Vec::<Option<K>>::new()));
        if let Some(keys) = keys.downcast_mut::<Vec<Option<K>>>() {
            keys.resize(self.rows, None);
            keys.push(Some(key));
        }
    }

    /// The row is read.
    pub(crate) fn next_row(&mut self) {
        self.rows += 1;
    }

    /// Says in which order the rows stand now, by the numbers that they had when they were read.
    pub(crate) fn in_order(mut self, order: Vec<usize>) -> Self {
        self.order = Some(order);
        self
    }

    /// The number that the row in this place had when it was read.
    pub(crate) fn number(&self, place: usize) -> usize {
        self.order.as_ref().map_or(place, |order| order.get(place).copied().unwrap_or(place))
    }

    /// The keys of a list.
    pub(crate) fn take<K: Key>(&mut self, list: usize) -> Vec<Option<K>> {
        let keys = self.lists.get_mut(list).and_then(Option::take);
        keys.and_then(|keys| keys.downcast().ok()).map_or_else(Vec::new, |keys| *keys)
    }
}
