//! With which node or sentinel a search begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Searches so far. Each begins with another node or sentinel: one that is cut off from the rest goes on naming an old
/// primary, and must not be the one whose answer counts every time.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<AtomicUsize>);

impl Turns {
    /// All of them, for the next search.
    pub(super) fn next<T: Clone>(&self, all: &[T]) -> Vec<T> {
        let mut all = all.to_vec();
        let first = self.0.fetch_add(1, Ordering::Relaxed) % all.len().max(1);
        all.rotate_left(first);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_search_begins_with_another_one_and_has_all_of_them() {
        let turns = Turns::default();
        for expected in [
            ["a", "b", "c"],
            ["b", "c", "a"],
            ["c", "a", "b"],
            ["a", "b", "c"],
        ] {
            assert_eq!(turns.next(&["a", "b", "c"]), expected);
        }
        assert!(turns.next::<u8>(&[]).is_empty());
    }
}
