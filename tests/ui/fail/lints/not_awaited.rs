#![deny(unused_must_use)]

use cached_attr::cached;

async fn plain(question: u32) -> u32 {
    question
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> u32 {
    question
}

fn main() {
    plain(1);
    remembered(1);
}
