#![deny(unreachable_code)]

use cached_attr::cached;

async fn plain(question: u32) -> u32 {
    return question;
    question + 1
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> u32 {
    return question;
    question + 1
}

fn main() {
    let _ = (plain(1), remembered(1));
}
