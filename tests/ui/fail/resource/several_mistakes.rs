use cached_attr::cached;

struct Aws;

async fn parameter(aws: &Aws, name: &str) -> Result<String, String> {
    let _ = aws;
    Ok(name.to_owned())
}

#[cached(let url = parameter(aws, "/url").await?, ttl = "30 parsecs", skip(aws))]
#[cached(let host = parameter(aws, "/host").await?, capasity = 3, ttl = "30s", skip(aws, host))]
async fn handler(aws: &Aws, tenant: &str) -> Result<usize, String> {
    let _ = (aws, tenant);
    Ok(url.len() + host.len())
}

fn main() {
    let _ = handler(&Aws, "acme");
}
