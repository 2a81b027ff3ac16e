use cached_attr::cached;

async fn plain(question: u32) -> String {
    if question == 0 {
        return 0;
    }
    question.to_string()
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> String {
    if question == 0 {
        return 0;
    }
    question.to_string()
}

fn main() {
    let _ = (plain(1), remembered(1));
}
