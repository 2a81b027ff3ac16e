use cached_attr::cached;

use std::rc::Rc;

#[cached(ttl = "5m", stale_while_revalidate = "1h", skip(db))]
async fn price(db: Rc<u32>, id: u32) -> u32 {
    *db + id
}

fn main() {
    let _ = price;
}
