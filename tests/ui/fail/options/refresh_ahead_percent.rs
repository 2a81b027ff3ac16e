use cached_attr::cached;

#[derive(Clone)]
struct Fault;

impl From<cached_attr::TimedOut> for Fault {
    fn from(_: cached_attr::TimedOut) -> Self {
        Fault
    }
}

#[cached(ttl = "5m", refresh_ahead = 80)]
async fn price(id: u32) -> Result<u32, Fault> {
    Ok(id)
}

fn main() {
    let _ = price;
}
