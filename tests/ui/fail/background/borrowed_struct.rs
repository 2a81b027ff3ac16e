use cached_attr::cached;

struct Transaction<'a>(&'a str);

#[cached(ttl = "5m", stale_while_revalidate = "1h", skip(transaction))]
async fn price(transaction: Transaction<'_>, id: u32) -> usize {
    transaction.0.len() + id as usize
}

fn main() {
    let _ = price;
}
