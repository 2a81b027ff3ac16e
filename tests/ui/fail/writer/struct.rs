use cached_attr::{cached, invalidates};

#[cached(ttl = "5m")]
async fn script(name: &str, version: u32) -> String {
    format!("{name} {version}")
}

#[invalidates(script("a", 1))]
struct Rename;

fn main() {
    let _ = (script("a", 1), Rename);
}
