#![deny(dead_code)]

use cached_attr::cached;

async fn plain(question: u32) -> u32 {
    question
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> u32 {
    question
}

fn main() {}
