//! The closure must make the function's error.

use cached_attr::cached;

#[cached(ttl = "1m", share_error = |error| error.to_string())]
async fn script(name: String) -> Result<String, std::io::Error> {
    Ok(name)
}

fn main() {}
