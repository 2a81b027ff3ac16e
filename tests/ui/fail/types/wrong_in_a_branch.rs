use cached_attr::cached;

async fn plain(question: u32) -> Result<u32, String> {
    if question == 0 { Err("zero".to_owned()) } else { question }
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> Result<u32, String> {
    if question == 0 { Err("zero".to_owned()) } else { question }
}

fn main() {
    let _ = (plain(1), remembered(1));
}
