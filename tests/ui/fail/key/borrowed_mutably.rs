use cached_attr::cached;

#[cached(ttl = "5m")]
async fn next(counter: &mut u32) -> u32 {
    *counter += 1;
    *counter
}

fn main() {
    let _ = next(&mut 1);
}
