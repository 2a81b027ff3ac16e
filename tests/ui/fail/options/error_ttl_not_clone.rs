use cached_attr::cached;

#[derive(Debug)]
struct Failure;

#[cached(ttl = "5m", error_ttl = "10s")]
async fn answer(question: u32) -> Result<u32, Failure> {
    if question == 0 { Err(Failure) } else { Ok(question) }
}

fn main() {
    let _ = answer(1);
}
