use cached_attr::cached;

async fn parameter(stage: &str) -> String {
    stage.to_owned()
}

#[cached(let url = parameter(stage).await, ttl = "5m", tags = ["stage:{stages}"])]
async fn handler(stage: &str) -> String {
    url
}

fn main() {
    let _ = handler("prod");
}
