use cached_attr::cached;

#[cached(ttl = "5m")]
async fn sum(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, l: u32, m: u32) -> u32 {
    a + b + c + d + e + f + g + h + i + j + k + l + m
}

fn main() {
    let _ = sum(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
}
