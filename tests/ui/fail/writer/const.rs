use cached_attr::{cached, invalidates};

#[cached(ttl = "5m")]
async fn script(name: &str, version: u32) -> String {
    format!("{name} {version}")
}

#[invalidates(script(name, version))]
const fn rename(name: &str, version: u32) -> u32 {
    let _ = name;
    version
}

fn main() {
    let _ = (script("a", 1), rename("a", 1));
}
