//! Keys, and the order in which they are asked for.

use std::hash::Hash;

use equivalent::Equivalent;

/// An owned key, as it is written by hand.
pub type Key = (String, u32);

/// The same key, borrowed: what a careful author writes to look up without owning.
#[derive(Hash)]
pub struct Borrowed<'a>(
    /// The name.
    pub &'a str,
    /// The number.
    pub u32,
);

impl Equivalent<Key> for Borrowed<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.0 == key.0 && self.1 == key.1
    }
}

impl From<Borrowed<'_>> for Key {
    fn from(key: Borrowed<'_>) -> Key {
        (key.0.to_owned(), key.1)
    }
}

const NUMBERS: usize = 1000;

/// Names of 16 bytes; with a number each names an entry: 20 bytes of key.
pub struct Keys(Vec<String>);

impl Keys {
    /// Keys for so many entries.
    #[must_use]
    pub fn new(entries: usize) -> Self {
        let names = entries.div_ceil(NUMBERS);
        Keys(
            (0..names)
                .map(|name| format!("instrument-{name:05}"))
                .collect(),
        )
    }

    /// The key of an entry.
    #[inline]
    #[must_use]
    pub fn at(&self, entry: usize) -> (&str, u32) {
        #[allow(clippy::cast_possible_truncation, reason = "less than a thousand")]
        let number = (entry % NUMBERS) as u32;
        (&self.0[entry / NUMBERS], number)
    }
}

/// A stream of random numbers, the same in every run (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number below `end`.
    #[allow(clippy::cast_possible_truncation, reason = "a remainder of a usize")]
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Entries as they are asked for in life: the n-th most popular one in proportion to n to the minus `skew`.
#[must_use]
pub fn zipf(entries: usize, skew: f64, length: usize, seed: u64) -> Vec<usize> {
    let mut sum = 0.0;
    let sums: Vec<f64> = (1..=entries)
        .map(|rank| {
            sum += (rank as f64).powf(-skew);
            sum
        })
        .collect();
    let mut dice = Dice(seed);
    (0..length)
        .map(|_| {
            let point = dice.unit() * sum;
            sums.partition_point(|&below| below < point)
                .min(entries - 1)
        })
        .collect()
}

/// The same, with three requests of ten for an entry that is never asked for again.
#[must_use]
pub fn scanned(walk: &[usize], from: usize, seed: u64) -> Vec<usize> {
    let mut dice = Dice(seed);
    let mut next = from;
    walk.iter()
        .map(|&entry| {
            if dice.below(10) < 3 {
                next += 1;
                next - 1
            } else {
                entry
            }
        })
        .collect()
}
