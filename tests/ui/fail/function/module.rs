use cached_attr::cached;

#[cached(ttl = "5m")]
mod answers {
    pub async fn answer(question: u32) -> u32 {
        question
    }
}

fn main() {
    let _ = answers::answer(1);
}
