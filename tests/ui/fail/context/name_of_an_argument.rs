use cached_attr::cached;

#[cached(ttl = "5m", context = path)]
async fn page(path: &str) -> usize {
    path.len()
}

fn main() {
    let _ = page;
}
