#![deny(unused_assignments)]

use cached_attr::cached;

async fn plain(question: u32) -> u32 {
    let mut answer = 1;
    answer = question;
    answer
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> u32 {
    let mut answer = 1;
    answer = question;
    answer
}

fn main() {
    let _ = (plain(1), remembered(1));
}
