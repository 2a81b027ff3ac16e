//! There is no error to share.

use cached_attr::cached;

#[cached(ttl = "1m", share_error = |error| error)]
async fn script(name: String) -> String {
    name
}

fn main() {}
