use cached_attr::cached;

#[cached(ttl_millis = 500)]
async fn user(id: u32) -> u32 {
    id
}

fn main() {
    let _ = user(1);
}
