use cached_attr::leader;

#[leader(key = "nightly", capacity = 10, stale_if_error = "1h")]
async fn nightly() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = async {
        nightly().await;
    };
}
