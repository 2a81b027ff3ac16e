use cached_attr::cached;

use std::rc::Rc;

async fn pause() {}

async fn plain(question: u32) -> u32 {
    let shared = Rc::new(question);
    pause().await;
    *shared
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> u32 {
    let shared = Rc::new(question);
    pause().await;
    *shared
}

fn main() {
    tokio::spawn(plain(1));
    tokio::spawn(remembered(1));
}
