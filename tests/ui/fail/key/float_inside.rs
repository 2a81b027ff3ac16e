use cached_attr::cached;

#[cached(ttl = "5m")]
async fn weather(place: Option<f64>) -> String {
    format!("{place:?}")
}

fn main() {
    let _ = weather(None);
}
