use cached_attr::cached;

use std::rc::Rc;

#[cached(ttl = "5m", stale_while_revalidate = "1h")]
async fn price(id: u32) -> u32 {
    let held = Rc::new(id);
    std::future::ready(()).await;
    *held
}

fn main() {
    let _ = price;
}
