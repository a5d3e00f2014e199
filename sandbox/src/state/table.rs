//! Rows in the order they were inserted, found by key.

use std::collections::BTreeMap;

/// A row that knows its key.
pub trait Keyed {
    /// What identifies the row.
    type Key: Ord;
    /// The row's key; it never changes while the row is in a table.
    fn key(&self) -> Self::Key;
}

/// Rows in insertion order with an index by key. Rows are never removed, as in FlyteAdmin.
pub struct Table<R: Keyed> {
    rows: Vec<R>,
    index: BTreeMap<R::Key, usize>,
}

impl<R: Keyed> Default for Table<R> {
    fn default() -> Self {
        Table { rows: Vec::new(), index: BTreeMap::new() }
    }
}

impl<R: Keyed> Table<R> {
    /// The row with this key.
    pub fn get(&self, key: &R::Key) -> Option<&R> {
        self.index.get(key).and_then(|&position| self.rows.get(position))
    }

    /// The row with this key, to change it.
    pub fn get_mut(&mut self, key: &R::Key) -> Option<&mut R> {
        self.index.get(key).and_then(|&position| self.rows.get_mut(position))
    }

    /// The number of the row with this key, counted from 1 as a database would; 0 when there is none.
    pub fn number(&self, key: &R::Key) -> i64 {
        self.index.get(key).map_or(0, |&position| i64::try_from(position).map_or(0, |position| position + 1))
    }

    /// Whether a row has this key.
    pub fn contains(&self, key: &R::Key) -> bool {
        self.index.contains_key(key)
    }

    /// Appends a row, or replaces the one with the same key in its place.
    pub fn put(&mut self, row: R) {
        let key = row.key();
        match self.index.get(&key).and_then(|&position| self.rows.get_mut(position)) {
            Some(old) => *old = row,
            None => {
                self.index.insert(key, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    /// All rows, oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, R> {
        self.rows.iter()
    }

    /// All rows, oldest first, to change them.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, R> {
        self.rows.iter_mut()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    impl Keyed for (u8, &'static str) {
        type Key = u8;
        fn key(&self) -> u8 {
            self.0
        }
    }

    #[test]
    fn rows_keep_insertion_order_and_a_second_put_replaces_in_place() {
        let mut table = Table::default();
        table.put((2, "two"));
        table.put((1, "one"));
        table.put((2, "zwei"));
        assert_eq!(table.iter().map(|row| row.1).collect::<Vec<_>>(), ["zwei", "one"]);
        assert_eq!(table.get(&1).unwrap().1, "one");
        assert!(table.get(&3).is_none());
    }
}
