use std::rc::Rc;

use cached_attr::cached;

async fn parameter(name: &str) -> Result<String, String> {
    Ok(name.to_owned())
}

async fn plain(tenant: &str) -> Result<usize, String> {
    let url = parameter("/url").await?;
    let shared = Rc::new(tenant.len());
    let more = parameter(&url).await?;
    Ok(*shared + more.len())
}

#[cached(let url = parameter("/url").await?, ttl = "30s")]
async fn handler(tenant: &str) -> Result<usize, String> {
    let shared = Rc::new(tenant.len());
    let more = parameter(&url).await?;
    Ok(*shared + more.len())
}

fn main() {
    tokio::spawn(plain("acme"));
    tokio::spawn(handler("acme"));
}
