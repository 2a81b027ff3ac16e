use cached_attr::cached;

struct Failure;

#[derive(Clone)]
struct Answer;

impl Answer {
    fn length(&self) -> usize {
        42
    }
}

async fn ask(question: u32) -> Result<Answer, Failure> {
    if question == 0 { Err(Failure) } else { Ok(Answer) }
}

async fn plain(question: u32) -> Result<usize, Failure> {
    let answer = ask(question).await;
    Ok(answer.length())
}

#[cached(ttl = "5m")]
async fn remembered(question: u32) -> Result<usize, Failure> {
    let answer = ask(question).await;
    Ok(answer.length())
}

fn main() {
    let _ = (plain(1), remembered(1));
}
