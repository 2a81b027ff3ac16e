use cached_attr::cached;

struct Answer(u32);

type Reply = Result<Answer, String>;

#[cached(ttl = "5m")]
async fn answer(question: u32) -> Reply {
    Ok(Answer(question))
}

fn main() {
    let _ = answer(1);
}
