use cached_attr::cached;

#[cached(ttl = "5m", key = tenant)]
async fn orders((tenant, page): (u32, u32)) -> u32 {
    tenant + page
}

fn main() {
    let _ = orders((1, 2));
}
