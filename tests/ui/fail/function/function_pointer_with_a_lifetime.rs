use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: u32, judge: &dyn Fn(u32) -> bool) -> bool {
    judge(question)
}

fn main() {
    let _ = answer(1, &|question| question > 0);
}
