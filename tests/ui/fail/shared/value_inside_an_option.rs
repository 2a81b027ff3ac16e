use cached_attr::cached;

#[derive(Clone)]
struct Script;

#[cached(ttl = "5m", shared)]
async fn script(id: u32) -> Option<Script> {
    (id > 0).then_some(Script)
}

fn main() {
    let _ = script;
}
