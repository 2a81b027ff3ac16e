use cached_attr::cached;

#[derive(Clone)]
struct Fault;

impl From<cached_attr::TimedOut> for Fault {
    fn from(_: cached_attr::TimedOut) -> Self {
        Fault
    }
}

#[cached(ttl = "5m", timeout = Duration::from_secs(id))]
async fn price(id: u64) -> Result<u64, Fault> {
    Ok(id)
}

fn main() {
    let _ = price;
}
