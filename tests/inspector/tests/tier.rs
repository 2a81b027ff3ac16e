//! The shared tier on the page. In a process of its own: a tier is installed once and for all caches.

use cached_attr_inspector::Inspector;
use cached_attr_inspector_tests::browser::Page;
use cached_attr_inspector_tests::server;

/// What the page shows of the tier, without the spaces around it.
const SHOWN: &str = "document.getElementById('tier').innerText.replace(/\\s+/g, ' ')";

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_the_shared_tier_is_shown() {
    let address = server::start(Inspector::new()).await;
    let mut page = Page::open(&address).await;
    page.until("document.getElementById('live').dataset.state === 'live'")
        .await;
    let hidden = page.eval("document.getElementById('tier').hidden").await;
    assert_eq!(hidden, true, "none is installed");

    // Nobody listens on this port.
    let tier = cached_attr_redis::connect("redis://127.0.0.1:1").expect("it is an address");
    tier.install().expect("it is the first");
    page.until("!document.getElementById('tier').hidden").await;
    let shown = page.eval(SHOWN).await;
    let shown = shown.as_str().expect("a text").trim();
    assert!(shown.starts_with("Shared tier away"), "{shown}");

    let up = "tier({ up: true, tracking: true, latency_ms: 0.4, undelivered: 0, counts: [['hits', 1234], ['fills', 0]] })";
    let shown = page.eval(&format!("{up}; {SHOWN}")).await;
    let shown = shown.as_str().expect("a text").trim();
    assert_eq!(shown, "Shared tier up, 400 µs 1,234 hits");
    assert_eq!(page.complaints(), [""; 0]);
}
