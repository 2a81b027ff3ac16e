use cached_attr::cached;

use std::cell::Cell;

#[cached(ttl = "5m")]
async fn answer(question: u32) -> Cell<u32> {
    Cell::new(question)
}

fn main() {
    let _ = answer(1);
}
