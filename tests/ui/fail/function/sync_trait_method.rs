use cached_attr::cached;

struct Delphi;

impl Delphi {
    #[cached(ttl = "5m", skip(self))]
    fn answer(&self, question: u32) -> u32 {
        question
    }
}

fn main() {
    let _ = Delphi.answer(1);
}
