use cached_attr::cached;

async fn parameter(name: &str) -> Result<String, String> {
    Ok(name.to_owned())
}

async fn plain(tenant: &str) -> Result<usize, String> {
    let url = parameter("/url").await?;
    drop(url);
    Ok(url.len() + tenant.len())
}

#[cached(let url = parameter("/url").await?, ttl = "30s")]
async fn handler(tenant: &str) -> Result<usize, String> {
    drop(url);
    Ok(url.len() + tenant.len())
}

fn main() {
    let _ = (plain("acme"), handler("acme"));
}
