use cached_attr::cached;

#[cached(ttl = "5m")]
async fn sum(parts: Vec<f32>) -> f32 {
    parts.iter().sum()
}

fn main() {
    let _ = sum(vec![1.0]);
}
