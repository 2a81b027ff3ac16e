use cached_attr::cached;

#[cached(ttl = "5m")]
struct Answer {
    number: u32,
}

fn main() {
    let _ = Answer { number: 1 }.number;
}
