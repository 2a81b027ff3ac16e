use cached_attr::cached;

async fn parameter(name: &str) -> Result<String, String> {
    Ok(name.to_owned())
}

async fn plain(tenant: &str) -> Result<usize, String> {
    let url = parameter("/url").await?;
    Ok(format!("{url}{tenant}"))
}

#[cached(let url = parameter("/url").await?, ttl = "30s")]
async fn handler(tenant: &str) -> Result<usize, String> {
    Ok(format!("{url}{tenant}"))
}

fn main() {
    let _ = (plain("acme"), handler("acme"));
}
