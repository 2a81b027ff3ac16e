use cached_attr::cached;

#[cached(ttl = "5m", shared)]
async fn script(name: Option<&str>, versions: &[&str]) -> usize {
    name.map_or(0, str::len) + versions.len()
}

fn main() {
    let _ = script(None, &[]);
}
