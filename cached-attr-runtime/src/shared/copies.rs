//! Which entry a change in the tier means.
//!
//! A change names a key by its text, which entries do not have. So each key that was looked up in the tier is listed here
//! by two hashes: that of its text, and that by which the store finds it. Two texts of one hash cost a copy too many when
//! one of them changes, and nothing else.

use hashbrown::HashTable;

/// As many keys as are not worth compacting.
const SLACK: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
struct Listing {
    text: u64,
    key: u64,
}

/// The keys that were looked up in the tier.
#[derive(Default)]
pub(super) struct Copies {
    listings: HashTable<Listing>,
    /// At which length it is compacted next.
    compact_at: usize,
}

impl Copies {
    /// Lists a key. `is_used`: whether the store still has an entry or a load of such a key.
    pub(super) fn list(&mut self, text: u64, key: u64, is_used: impl Fn(u64) -> bool) {
        let listing = Listing { text, key };
        if self
            .listings
            .find(text, |known| *known == listing)
            .is_some()
        {
            return;
        }
        if self.listings.len() >= self.compact_at.max(SLACK) {
            self.listings.retain(|listing| is_used(listing.key));
            self.compact_at = self.listings.len() * 2;
            self.listings
                .shrink_to(self.compact_at, |listing| listing.text);
        }
        self.listings
            .insert_unique(text, listing, |listing| listing.text);
    }

    /// The keys with a text of this hash.
    pub(super) fn keys(&self, text: u64) -> Vec<u64> {
        self.listings
            .iter_hash(text)
            .filter(|listing| listing.text == text)
            .map(|listing| listing.key)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_leads_to_each_of_its_keys() {
        let mut copies = Copies::default();
        copies.list(1, 10, |_| true);
        copies.list(1, 10, |_| true);
        copies.list(1, 11, |_| true);
        copies.list(2, 20, |_| true);
        let mut keys = copies.keys(1);
        keys.sort_unstable();
        assert_eq!(keys, [10, 11]);
        assert!(copies.keys(3).is_empty());
    }

    #[test]
    fn what_the_store_has_no_more_is_forgotten() {
        let mut copies = Copies::default();
        for text in 0..10_000 {
            copies.list(text, text, |key| key >= 9_990);
        }
        assert!(
            copies.listings.len() <= 3 * SLACK,
            "{}",
            copies.listings.len()
        );
        assert_eq!(copies.keys(9_995), [9_995]);
    }
}
