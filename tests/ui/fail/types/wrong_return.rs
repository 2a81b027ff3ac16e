use cached_attr::cached;

async fn plain(question: u32) -> String {
    question
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> String {
    question
}

fn main() {
    let _ = (plain(1), remembered(1));
}
