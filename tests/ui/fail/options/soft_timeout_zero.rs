use cached_attr::cached;

#[derive(Clone)]
struct Fault;

impl From<cached_attr::TimedOut> for Fault {
    fn from(_: cached_attr::TimedOut) -> Self {
        Fault
    }
}

#[cached(ttl = "5m", stale_if_error = "1h", soft_timeout = "0s")]
async fn price(id: u32) -> Result<u32, Fault> {
    Ok(id)
}

fn main() {
    let _ = price;
}
