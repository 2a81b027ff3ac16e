use cached_attr::cached;

#[derive(Clone)]
struct Token {
    expires: std::time::Duration,
}

#[cached(ttl = |token| token.expires_in)]
async fn token(id: u32) -> Token {
    Token { expires: std::time::Duration::from_secs(id.into()) }
}

fn main() {
    let _ = token(1);
}
