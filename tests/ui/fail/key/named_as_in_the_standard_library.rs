//! The name alone says nothing: this `Path` is not the standard library's.

use cached_attr::cached;

struct Path<T>(T);

#[cached(ttl = "5m")]
async fn file(path: Path<String>) -> usize {
    path.0.len()
}

fn main() {
    let _ = file(Path(String::new()));
}
