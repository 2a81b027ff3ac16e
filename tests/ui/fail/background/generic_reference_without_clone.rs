use cached_attr::cached;

trait Source {
    fn read(&self, id: u32) -> u32;
}

#[cached(ttl = "5m", stale_while_revalidate = "1h", skip(source))]
async fn price<S: Source + Send + Sync + 'static>(source: &S, id: u32) -> u32 {
    source.read(id)
}

fn main() {}
