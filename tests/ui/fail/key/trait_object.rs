use cached_attr::cached;

#[cached(ttl = "5m")]
async fn show(thing: &(dyn std::fmt::Display + Sync)) -> String {
    thing.to_string()
}

fn main() {
    let _ = show(&1);
}
