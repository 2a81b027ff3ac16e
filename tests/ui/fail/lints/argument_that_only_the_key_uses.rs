#![deny(unused_variables)]

use cached_attr::cached;

async fn plain(question: u32) -> u32 {
    1
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> u32 {
    1
}

fn main() {
    let _ = (plain(1), remembered(1));
}
