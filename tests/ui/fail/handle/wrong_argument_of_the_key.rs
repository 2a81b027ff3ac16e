use cached_attr::cached;

#[cached(ttl = "5m")]
async fn script(name: &str) -> String {
    name.to_owned()
}

fn main() {
    let _ = (script("a"), script_key(1));
}
