use cached_attr::cached;

struct Failure;

struct Trouble;

async fn ask(question: u32) -> Result<String, Failure> {
    if question == 0 { Err(Failure) } else { Ok(question.to_string()) }
}

async fn plain(question: u32) -> Result<String, Trouble> {
    Ok(ask(question).await?)
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> Result<String, Trouble> {
    Ok(ask(question).await?)
}

fn main() {
    let _ = (plain(1), remembered(1));
}
