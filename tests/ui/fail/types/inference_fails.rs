use cached_attr::cached;

async fn plain(question: u32) -> usize {
    let numbers = (0..question).collect();
    numbers.len()
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> usize {
    let numbers = (0..question).collect();
    numbers.len()
}

fn main() {
    let _ = (plain(1), remembered(1));
}
