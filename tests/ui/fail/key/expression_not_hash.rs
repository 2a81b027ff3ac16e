use cached_attr::cached;

struct Filter {
    limit: f64,
}

#[cached(ttl = "5m", key = (filter.limit, page))]
async fn orders(filter: &Filter, page: u32) -> u32 {
    let _ = filter.limit;
    page
}

fn main() {
    let _ = orders(&Filter { limit: 1.0 }, 1);
}
