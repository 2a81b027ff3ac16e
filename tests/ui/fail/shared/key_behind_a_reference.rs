use cached_attr::cached;
use std::path::Path;

#[cached(ttl = "5m", shared)]
async fn script(path: &Path) -> bool {
    path.is_file()
}

fn main() {
    let _ = script(Path::new(""));
}
