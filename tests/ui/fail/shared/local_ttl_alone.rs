use cached_attr::cached;

#[cached(ttl = "5m", local_ttl = "1s")]
async fn script(id: u32) -> u32 {
    id
}

fn main() {
    let _ = script(1);
}
