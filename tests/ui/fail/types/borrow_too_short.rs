use cached_attr::cached;

async fn plain(question: u32) -> usize {
    let longest;
    {
        let text = question.to_string();
        longest = text.as_str();
    }
    longest.len()
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> usize {
    let longest;
    {
        let text = question.to_string();
        longest = text.as_str();
    }
    longest.len()
}

fn main() {
    let _ = (plain(1), remembered(1));
}
