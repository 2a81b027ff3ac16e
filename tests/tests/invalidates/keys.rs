//! What the keys of a writer are made of, and when.

use cached_attr::{cached, invalidates};
use cached_attr_tests::Source;

#[cached(ttl = "1h", skip(source))]
async fn spec(source: &Source, name: &str) -> u32 {
    let _ = name;
    source.ask()
}

#[cached(ttl = "1h", key = "row:{tenant}:{id}", skip(source))]
async fn row(source: &Source, tenant: &str, id: u32) -> u32 {
    source.ask()
}

#[tokio::test(start_paused = true)]
async fn keys_are_taken_before_the_body_changes_or_moves_its_arguments() {
    #[cached(ttl = "1h", skip(source))]
    async fn file(source: &Source, path: String) -> u32 {
        source.ask()
    }

    #[invalidates(file(path))]
    async fn store(mut path: String, files: &mut Vec<String>) {
        path.push_str(".new");
        files.push(path);
    }

    let source = Source::new();
    assert_eq!(file(&source, "a".to_owned()).await, 1);
    let mut files = Vec::new();
    store("a".to_owned(), &mut files).await;
    assert_eq!(files, ["a.new"]);
    assert_eq!(file(&source, "a".to_owned()).await, 2);
}

#[tokio::test(start_paused = true)]
async fn keys_are_expressions_over_the_arguments_also_of_a_generic_writer() {
    struct Order {
        tenant: String,
        id: u32,
    }

    #[invalidates(row(&order.tenant, order.id), spec(name.as_ref()))]
    async fn place<N: AsRef<str>>(order: &Order, name: N) -> u32 {
        order.id + u32::from(name.as_ref().is_empty())
    }

    let source = Source::new();
    assert_eq!(row(&source, "beta", 3).await, 1);
    assert_eq!(spec(&source, "b").await, 2);
    let order = Order {
        tenant: "beta".to_owned(),
        id: 3,
    };
    assert_eq!(place(&order, "b".to_owned()).await, 3);
    assert_eq!(row(&source, "beta", 3).await, 3);
    assert_eq!(spec(&source, "b").await, 4);
}

#[tokio::test(start_paused = true)]
async fn what_a_pattern_binds_can_be_a_key() {
    #[invalidates(spec(from), spec(&to))]
    async fn rename((from, to): (&str, String), by: impl std::fmt::Display) -> String {
        format!("{by} renamed {from} to {to}")
    }

    let source = Source::new();
    assert_eq!(spec(&source, "old").await, 1);
    assert_eq!(spec(&source, "new").await, 2);
    let done = rename(("old", "new".to_owned()), "Ada").await;
    assert_eq!(done, "Ada renamed old to new");
    assert_eq!(spec(&source, "old").await, 3);
    assert_eq!(spec(&source, "new").await, 4);
}
