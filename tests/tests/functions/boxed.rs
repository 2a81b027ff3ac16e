//! Recursion.

use cached_attr::cached;
use cached_attr_tests::Source;

static STEPS: Source = Source::new();

#[cached(ttl = "1m")]
async fn fibonacci(n: u64) -> u64 {
    STEPS.ask();
    if n < 2 {
        return n;
    }
    Box::pin(fibonacci(n - 1)).await + Box::pin(fibonacci(n - 2)).await
}

#[tokio::test]
async fn recursion_remembers_every_step() {
    assert_eq!(fibonacci(80).await, 23_416_728_348_467_685);
    assert_eq!(STEPS.asked(), 81);
    assert_eq!(fibonacci_cache().len(), 81);
}

struct Tree {
    children: Vec<Tree>,
}

impl Tree {
    #[cached(ttl = "1m", key = depth, skip(self))]
    async fn count(&self, depth: usize) -> usize {
        let mut count = 1;
        for child in &self.children {
            count += Box::pin(child.count(depth + 1)).await;
        }
        count
    }
}

#[tokio::test]
async fn methods_recurse_too_and_their_futures_can_be_spawned() {
    let leaf = || Tree { children: vec![] };
    let tree = Tree {
        children: vec![Tree {
            children: vec![leaf()],
        }],
    };
    let counted = tokio::spawn(async move { tree.count(0).await });
    assert_eq!(counted.await.ok(), Some(3));
}
