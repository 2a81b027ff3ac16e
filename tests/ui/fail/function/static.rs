use cached_attr::cached;

#[cached(ttl = "5m")]
static ANSWER: u32 = 42;

fn main() {
    let _ = ANSWER;
}
