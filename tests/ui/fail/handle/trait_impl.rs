use cached_attr::cached;

trait Oracle {
    async fn answer(question: u32) -> u32;
}

struct Delphi;

impl Oracle for Delphi {
    #[cached(ttl = "5m")]
    async fn answer(question: u32) -> u32 {
        question
    }
}

fn main() {
    let _ = Delphi::answer(1);
}
