#![deny(unused_mut)]

use cached_attr::cached;

async fn plain(mut question: u32) -> u32 {
    question
}

#[cached(ttl = "5m")]
async fn remembered(mut question: u32) -> u32 {
    question
}

fn main() {
    let _ = (plain(1), remembered(1));
}
