//! Makes the pictures in `docs/`: `cargo run -- ../../docs`. A further argument says after how many seconds.

use std::path::PathBuf;
use std::time::Duration;

use cached_attr_inspector::Inspector;
use cached_attr_inspector_tests::browser::Page;
use cached_attr_inspector_tests::{server, shop};
use tokio::time::sleep;

/// Each picture: its file, the window, how many device pixels a pixel has, and the scheme.
const PICTURES: [(&str, u32, u32, u32, &str); 2] = [
    ("inspector.png", 1200, 1310, 1, "dark"),
    ("inspector-phone.png", 390, 1310, 1, "light"),
];

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    let address = server::start(Inspector::new().control(server::TOKEN)).await;
    tokio::spawn(shop::open());
    let unlocked = format!("{address}#token={}", server::TOKEN.replace(' ', "%20"));
    let mut page = Page::open(&unlocked).await;
    let seconds = std::env::args()
        .nth(2)
        .and_then(|seconds| seconds.parse().ok());
    sleep(Duration::from_secs(seconds.unwrap_or(150))).await;
    page.eval("document.querySelector('details[data-name$=exchange_rate]').open = true")
        .await;
    for (file, width, height, scale, scheme) in PICTURES {
        page.resize(width, height, scale).await;
        page.prefer(scheme).await;
        sleep(Duration::from_millis(1500)).await;
        let picture = page.screenshot().await;
        std::fs::write(folder.join(file), picture).expect("the folder can be written to");
    }
    for complaint in page.complaints() {
        println!("{complaint}");
    }
}
