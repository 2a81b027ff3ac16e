//! What is shared is the error's text, and this one has none.

use cached_attr::cached;

struct Broken;

#[cached(ttl = "1m", share_error = |_| Broken)]
async fn script(name: String) -> Result<String, Broken> {
    Ok(name)
}

fn main() {}
