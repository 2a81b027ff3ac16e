#![deny(unused_must_use)]

use cached_attr::cached;

fn check(question: u32) -> Result<(), String> {
    if question == 0 { Err("zero".to_owned()) } else { Ok(()) }
}

async fn plain(question: u32) -> u32 {
    check(question);
    question
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> u32 {
    check(question);
    question
}

fn main() {
    let _ = (plain(1), remembered(1));
}
