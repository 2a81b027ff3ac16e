use cached_attr::{cached, invalidates};

#[cached(ttl = "5m")]
async fn script(name: &str) -> String {
    name.to_owned()
}

async fn plain(name: &str) -> Result<u32, String> {
    Ok(name)
}

#[invalidates(script(name))]
async fn rename(name: &str) -> Result<u32, String> {
    Ok(name)
}

fn main() {
    let _ = (script("a"), plain("a"), rename("a"));
}
