use cached_attr::cached;

struct Aws;

async fn parameter(aws: &Aws, name: &str) -> Result<String, String> {
    let _ = aws;
    Ok(name.to_owned())
}

#[cached(let url = parameter(client, "/url").await?, ttl = "30s")]
async fn handler(aws: &Aws, tenant: &str) -> Result<usize, String> {
    let _ = (aws, tenant);
    Ok(url.len())
}

fn main() {
    let _ = handler(&Aws, "acme");
}
