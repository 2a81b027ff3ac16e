use cached_attr::cached;

#[cached(ttl = "5m")]
async fn weather(lat: f64, lon: f64) -> String {
    format!("{lat} {lon}")
}

fn main() {
    let _ = weather(51.57, -1.31);
}
