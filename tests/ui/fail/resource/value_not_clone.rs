use cached_attr::cached;

struct Aws;

struct Url(String);

async fn parameter(aws: &Aws, name: &str) -> Result<Url, String> {
    let _ = aws;
    Ok(Url(name.to_owned()))
}

#[cached(let url = parameter(aws, "/url").await?, ttl = "30s", skip(aws))]
async fn handler(aws: &Aws, tenant: &str) -> Result<usize, String> {
    let _ = (aws, tenant);
    Ok(url.0.len())
}

fn main() {
    let _ = handler(&Aws, "acme");
}
