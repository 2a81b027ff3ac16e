use cached_attr::cached;

struct Aws;

async fn parameter(aws: &Aws, name: &str) -> Result<String, String> {
    let _ = aws;
    Ok(name.to_owned())
}

fn length(url: String) -> usize {
    url.len()
}

#[cached(let url = parameter(aws, "/url").await, ttl = "30s", skip(aws))]
async fn handler(aws: &Aws, tenant: &str) -> Result<usize, String> {
    let _ = (aws, tenant);
    Ok(length(url))
}

fn main() {
    let _ = handler(&Aws, "acme");
}
