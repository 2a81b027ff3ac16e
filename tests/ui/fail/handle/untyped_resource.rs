//! What `url` loads depends on `stage`, whose type only the handler's body can infer.

use cached_attr::cached;

async fn parameter(name: &str) -> Result<String, String> {
    Ok(name.to_owned())
}

#[cached(let stage = parameter("/stage").await?, ttl = "30s")]
#[cached(let url = parameter(&stage).await?, ttl = "30s")]
async fn handler() -> Result<usize, String> {
    Ok(stage.len() + url.len())
}

fn main() {
    let _ = handler();
    handler_url_cache().invalidate_all();
}
