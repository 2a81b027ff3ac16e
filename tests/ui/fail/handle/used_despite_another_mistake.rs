use cached_attr::cached;

#[cached(ttl = "5 parsecs")]
async fn script(name: &str) -> String {
    name.to_owned()
}

fn main() {
    let _ = script("a");
    let _ = script_cache().invalidate(&script_key("a"));
}
