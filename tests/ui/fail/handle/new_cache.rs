use cached_attr::FnCache;

struct Repo {
    prices: FnCache<String, u32>,
}

fn main() {
    let _ = async {
        let r = Repo {
            prices: FnCache::new(),
        };
        r.prices.invalidate_all().await;
    };
}
