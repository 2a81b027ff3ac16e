use cached_attr::{cached, invalidates};

#[cached(ttl = "5m")]
async fn script(name: &str) -> String {
    name.to_owned()
}

#[invalidates(script_cache()[name])]
async fn rename(name: &str) {
    let _ = name;
}

fn main() {
    let _ = (script("a"), rename("a"));
}
