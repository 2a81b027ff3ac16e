//! Free functions: nested ones, lifetimes, patterns, `where` clauses, arguments that are not in the key.

use std::borrow::Cow;
use std::fmt::{Debug, Display};

use cached_attr::cached;
use cached_attr_tests::Source;

#[tokio::test]
async fn functions_inside_functions_have_caches_of_their_own() {
    async fn left() -> u32 {
        #[cached(ttl = "1m")]
        async fn inner() -> u32 {
            1
        }
        inner().await
    }

    async fn right() -> u32 {
        #[cached(ttl = "1m")]
        async fn inner() -> u32 {
            2
        }
        inner().await
    }

    assert_eq!((left().await, right().await, left().await), (1, 2, 1));
}

#[cached(ttl = "1m", skip(source))]
async fn lifetimes<'s, 'k: 's>(source: &'s Source, key: &'k str, part: Option<&'k str>) -> String {
    format!("{key} {part:?} {}", source.ask())
}

#[tokio::test]
async fn named_lifetimes_work() {
    let source = Source::new();
    assert_eq!(lifetimes(&source, "k", None).await, "k None 1");
    assert_eq!(lifetimes(&source, "k", None).await, "k None 1");
    assert_eq!(lifetimes(&source, "k", Some("p")).await, "k Some(\"p\") 2");
}

#[tokio::test]
async fn a_key_can_be_made_of_what_a_borrowed_value_shows() {
    #[cached(ttl = "1m", key = "{key}:{cow}")]
    async fn cow<'k>(key: &'k str, cow: Cow<'k, str>) -> String {
        format!("{key} {cow}")
    }

    assert_eq!(cow("k", Cow::Owned("c".to_owned())).await, "k c");
    assert_eq!(cow("k", Cow::Borrowed("c")).await, "k c");
    assert_eq!(cow_cache().stats().hits, 1);
}

struct Point {
    x: i32,
    y: i32,
}

#[tokio::test]
async fn patterns_bind_parts_of_the_key() {
    #[cached(ttl = "1m", skip(source))]
    async fn destructured(source: &Source, Point { x, y }: Point, (a, b): (u32, u32)) -> String {
        format!("{x} {y} {a} {b} {}", source.ask())
    }

    let source = Source::new();
    let point = || Point { x: 1, y: 2 };
    assert_eq!(destructured(&source, point(), (3, 4)).await, "1 2 3 4 1");
    assert_eq!(destructured(&source, point(), (3, 4)).await, "1 2 3 4 1");
    assert_eq!(
        destructured(&source, Point { x: 1, y: 3 }, (3, 4)).await,
        "1 3 3 4 2"
    );
    assert_eq!(destructured(&source, point(), (3, 5)).await, "1 2 3 5 3");
}

#[tokio::test]
async fn a_text_key_brings_the_companions_of_a_pattern_back() {
    #[cached(ttl = "1m", key = "{x}/{y}")]
    async fn texted(Point { x, y }: Point) -> i32 {
        x + y
    }

    texted(Point { x: 1, y: 2 }).await;
    assert_eq!(texted_cache().get("1/2").await, Some(3));
}

#[tokio::test]
async fn mutable_and_unused_arguments_are_fine() {
    #[cached(ttl = "1m", skip(_unused))]
    async fn mutable(mut count: u32, mut names: Vec<String>, _unused: &str) -> (u32, usize) {
        count += 1;
        names.push("more".to_owned());
        (count, names.len())
    }

    assert_eq!(mutable(1, vec![], "a").await, (2, 1));
    assert_eq!(mutable(1, vec![], "b").await, (2, 1));
    assert_eq!(mutable_cache().stats().hits, 1);
}

#[tokio::test]
async fn impl_trait_outside_the_key_is_fine() {
    #[cached(ttl = "1m", skip(show, each))]
    async fn shown(id: u32, show: impl Display, each: impl Fn(u32) -> u32) -> String {
        format!("{show} {}", each(id))
    }

    assert_eq!(shown(1, "one", |id| id + 1).await, "one 2");
    assert_eq!(
        shown(1, 1.5, |id| id + 2).await,
        "one 2",
        "one cache, whatever the types"
    );
    assert_eq!(shown_cache().len(), 1);
}

#[tokio::test]
async fn dyn_arguments_are_skipped_by_reference() {
    #[cached(ttl = "1m", skip(source, sink))]
    async fn dynamic(
        source: &(dyn Fn() -> u32 + Sync),
        sink: &mut (dyn Debug + Send),
        id: u32,
    ) -> String {
        format!("{sink:?} {} {id}", source())
    }

    let mut sink = "sink";
    assert_eq!(dynamic(&|| 1, &mut sink, 0).await, "\"sink\" 1 0");
    assert_eq!(dynamic(&|| 2, &mut sink, 0).await, "\"sink\" 1 0");
}

#[tokio::test]
async fn a_mutable_reference_can_be_used_in_the_body() {
    #[cached(ttl = "1m", skip(log))]
    async fn logging(log: &mut Vec<u32>, id: u32) -> u32 {
        log.push(id);
        id * 2
    }

    let mut log = Vec::new();
    assert_eq!(
        (logging(&mut log, 1).await, logging(&mut log, 1).await),
        (2, 2)
    );
    assert_eq!(log, [1]);
}

#[tokio::test]
async fn early_returns_loops_and_shadowed_arguments_keep_their_meaning() {
    #[cached(ttl = "1m")]
    async fn body(id: u32) -> Option<u32> {
        let id = id.checked_sub(1)?;
        for step in 0.. {
            if step == id {
                return Some(step * 10);
            }
        }
        None
    }

    assert_eq!(
        (body(0).await, body(3).await, body(3).await),
        (None, Some(20), Some(20))
    );
    assert_eq!(body_cache().len(), 2);
}

#[tokio::test]
async fn functions_without_a_value_can_be_cached() {
    #[cached(ttl = "1m", skip(source))]
    async fn touch(source: &Source, id: u32) {
        let _ = id;
        source.ask();
    }

    let source = Source::new();
    touch(&source, 1).await;
    touch(&source, 1).await;
    assert_eq!(source.asked(), 1);
}

#[tokio::test]
async fn raw_identifiers_are_names_like_others() {
    #[cached(ttl = "1m")]
    async fn r#match(r#type: &str) -> String {
        r#type.to_owned()
    }

    assert_eq!(r#match("a").await, "a");
    assert_eq!(match_cache().get("a").await.as_deref(), Some("a"));
}

#[tokio::test]
async fn names_of_arguments_do_not_collide_with_generated_ones() {
    #[cached(ttl = "1m")]
    async fn names(
        key: &str,
        cache: u32,
        shape: u32,
        mode: u32,
        policy: u32,
        miss: u32,
        answer: u32,
    ) -> String {
        format!("{key}{cache}{shape}{mode}{policy}{miss}{answer}")
    }

    assert_eq!(names("k", 1, 2, 3, 4, 5, 6).await, "k123456");
    assert_eq!(names("k", 1, 2, 3, 4, 5, 6).await, "k123456");
    assert_eq!(names_cache().stats().hits, 1);
}

#[tokio::test]
async fn a_call_takes_little_room_in_the_future_that_awaits_it() {
    #[cached(ttl = "1m")]
    async fn small(id: u64) -> u64 {
        id
    }

    let call = small(7);
    assert!(size_of_val(&call) <= 128, "{} bytes", size_of_val(&call));
    assert_eq!(call.await, 7);
}
