use cached_attr::{cached, invalidates};

#[cached(ttl = "5m")]
async fn script(name: &str) -> String {
    name.to_owned()
}

#[invalidates(script[version])]
async fn rename(version: u32) {
    let _ = version;
}

fn main() {
    let _ = (script("a"), rename(1));
}
