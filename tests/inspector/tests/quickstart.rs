//! The page of the running quickstart.

use std::process::Stdio;
use std::time::Duration;

use cached_attr_inspector_tests::browser::Page;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// It may have to be built first.
const PATIENCE: Duration = Duration::from_secs(600);

/// Starts it; the address that it prints.
async fn start() -> (Child, String) {
    let mut quickstart = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "-p", "quickstart"])
        .args(["--", "--inspect"])
        .current_dir("../..")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("cargo is there");
    let stdout = quickstart.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(stdout).lines();
    let address = timeout(PATIENCE, async {
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(address) = line.strip_prefix("Open ") {
                return address.to_owned();
            }
        }
        panic!("it ended without an address");
    });
    let address = address.await.expect("it starts in time");
    (quickstart, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn its_figures_move_and_its_clear_button_clears() {
    let (_quickstart, address) = start().await;
    let mut page = Page::open(&address).await;
    let row = "document.querySelector('details[data-name$=\"::campaign\"]')";
    page.until(row).await;
    page.eval(&format!("{row}.open = true")).await;
    let hits =
        format!("Number({row}.querySelector('[data-field=hits]').textContent.replaceAll(',', ''))");
    page.until(&format!("{hits} > 0")).await;
    let before = page.eval(&hits).await;
    page.until(&format!("{hits} > {before}")).await;

    let button = format!("{row}.querySelector('button[data-action=clear]')");
    for _ in 0..2 {
        page.eval(&format!("{button}.click()")).await;
    }
    page.until("document.getElementById('said').textContent.includes('entries removed')")
        .await;
    assert_eq!(page.complaints(), [""; 0]);
}
