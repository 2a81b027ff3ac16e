#![deny(unused_variables)]

use cached_attr::cached;

async fn plain(question: u32, context: &str) -> u32 {
    question
}

#[cached(ttl = "5m", skip(context))]
async fn remembered(question: u32, context: &str) -> u32 {
    question
}

fn main() {
    let _ = (plain(1, ""), remembered(1, ""));
}
