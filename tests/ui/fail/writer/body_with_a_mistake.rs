use cached_attr::{cached, invalidates};

#[cached(ttl = "5m")]
async fn script(name: &str) -> String {
    name.to_owned()
}

async fn plain(name: &str) -> u32 {
    name
}

#[invalidates(script(name))]
async fn rename(name: &str) -> u32 {
    name
}

fn main() {
    let _ = (script("a"), plain("a"), rename("a"));
}
