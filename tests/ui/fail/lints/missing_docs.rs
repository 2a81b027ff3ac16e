//! The crate.
#![deny(missing_docs)]

use cached_attr::cached;

pub async fn plain(question: u32) -> u32 {
    question
}

#[cached(ttl = "5m")]
pub async fn remembered(question: u32) -> u32 {
    question
}

fn main() {
    let _ = (plain(1), remembered(1));
}
