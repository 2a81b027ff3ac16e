use cached_attr::cached;

async fn length(text: &str) -> usize {
    text.len()
}

async fn plain(question: u32) -> usize {
    let future = {
        let text = question.to_string();
        length(&text)
    };
    future.await
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> usize {
    let future = {
        let text = question.to_string();
        length(&text)
    };
    future.await
}

fn main() {
    let _ = (plain(1), remembered(1));
}
