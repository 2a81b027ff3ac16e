use cached_attr::cached;

#[derive(Clone)]
struct Script {
    text: String,
}

#[cached(ttl = "5m", shared)]
async fn script(id: u32) -> Result<Script, std::io::Error> {
    Ok(Script {
        text: id.to_string(),
    })
}

fn main() {
    let _ = (script, script_cache, |script: Script| script.text);
}
