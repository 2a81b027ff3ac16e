//! Hit ratios: what stays in a cache that holds one entry in a hundred.

use std::sync::atomic::Ordering;

use crate::contest::{Contender, limited};
use crate::keys::{Keys, scanned, zipf};
use crate::place::{LOADS, Narrow, Scanned};
use crate::table::{Column, Row};

const ENTRIES: usize = 100_000;
const SKEW: f64 = 0.99;
const WARM_UP: usize = 200_000;
const MEASURED: usize = 600_000;

/// With a scan and without.
#[must_use]
pub fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "hit ratio, zipf 0.99, capacity 1 %, %",
            1,
            ratios(&limited::<Narrow>(), &Requests::plain()),
        ),
        Row::new(
            "the same with 30 % scan, %",
            1,
            ratios(&limited::<Scanned>(), &Requests::scanned()),
        ),
    ]
}

/// A fixed stream of requests.
pub struct Requests {
    keys: Keys,
    walk: Vec<usize>,
}

impl Requests {
    /// Popular entries more often than others.
    #[must_use]
    pub fn plain() -> Self {
        Requests {
            keys: Keys::new(ENTRIES),
            walk: zipf(ENTRIES, SKEW, WARM_UP + MEASURED, 3),
        }
    }

    /// The same with a scan.
    #[must_use]
    pub fn scanned() -> Self {
        let plain = Requests::plain();
        Requests {
            keys: Keys::new(ENTRIES + WARM_UP + MEASURED),
            walk: scanned(&plain.walk, ENTRIES, 4),
        }
    }

    /// How many of a hundred calls one contender answers from memory.
    #[must_use]
    pub fn ratio_of(&self, contender: Contender) -> f64 {
        let (warm_up, measured) = self.walk.split_at(WARM_UP);
        (contender.calls)(&self.keys, warm_up, warm_up.len());
        let before = LOADS.load(Ordering::Relaxed);
        (contender.calls)(&self.keys, measured, measured.len());
        let loads = LOADS.load(Ordering::Relaxed) - before;
        100.0 * (1.0 - loads as f64 / measured.len() as f64)
    }
}

fn ratios(contenders: &[Contender], requests: &Requests) -> Vec<(Column, f64)> {
    contenders
        .iter()
        .map(|&one| (one.column, requests.ratio_of(one)))
        .collect()
}
