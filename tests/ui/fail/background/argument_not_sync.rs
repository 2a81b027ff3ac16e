use cached_attr::cached;

use std::cell::Cell;

#[cached(ttl = "5m", stale_while_revalidate = "1h", skip(hint))]
async fn price(hint: &Cell<u32>, id: u32) -> u32 {
    hint.get() + id
}

fn main() {
    let _ = price;
}
