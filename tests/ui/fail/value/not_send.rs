use cached_attr::cached;

use std::rc::Rc;

#[cached(ttl = "5m")]
async fn answer(question: u32) -> Rc<u32> {
    Rc::new(question)
}

fn main() {
    let _ = answer(1);
}
