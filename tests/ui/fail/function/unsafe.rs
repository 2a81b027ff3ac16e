use cached_attr::cached;

#[cached(ttl = "5m")]
async unsafe fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = unsafe { answer(1) };
}
