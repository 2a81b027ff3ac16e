use cached_attr::{LoadContext, cached};

#[cached(ttl = "1m")]
async fn price(id: u32, load: LoadContext<u32>) -> u32 {
    load.no_store();
    id
}

fn main() {
    let _ = price;
}
