use cached_attr::cached;

#[derive(Clone)]
struct Fault;

impl From<cached_attr::TimedOut> for Fault {
    fn from(_: cached_attr::TimedOut) -> Self {
        Fault
    }
}

#[cached(ttl = "5m", stale_while_revalidate = |value| Duration::from_secs(*value))]
async fn price(id: u32) -> Result<u32, Fault> {
    Ok(id)
}

fn main() {
    let _ = price;
}
