use cached_attr::cached;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Id(u32);

#[cached(ttl = "5m", shared)]
async fn script(id: Id, version: u32) -> String {
    format!("{} {version}", id.0)
}

fn main() {
    let _ = (script, script_cache);
}
