use cached_attr::{cached, invalidates};

#[cached(ttl = "5m")]
async fn script(name: &str, version: u32) -> String {
    format!("{name} {version}")
}

#[invalidates(script(name, version), before, before)]
async fn rename(name: &str, version: u32) -> Result<(), String> {
    let _ = (name, version);
    Ok(())
}

fn main() {
    let _ = (script("a", 1), rename("a", 1));
}
