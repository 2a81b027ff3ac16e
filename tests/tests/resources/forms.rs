//! Functions of every form can have resources.

use cached_attr::cached;
use cached_attr_tests::Source;

use crate::MILLISECOND;

struct Service {
    source: Source,
    stage: &'static str,
}

async fn parameter(source: &Source, path: &str) -> String {
    format!("{path} {}", source.ask_for(MILLISECOND).await)
}

impl Service {
    const fn of(stage: &'static str) -> Self {
        Service {
            source: Source::new(),
            stage,
        }
    }

    #[cached(let url = parameter(&self.source, self.stage).await, ttl = "1h", key = (self.stage))]
    #[cached(let row = parameter(&self.source, &format!("row {id}")).await, ttl = "1h", skip(self))]
    async fn handle(&self, id: u32, event: &mut Vec<String>) -> usize {
        event.push(url);
        event.push(row);
        event.len()
    }

    #[cached(let url = parameter(source, "associated").await, ttl = "1h", skip(source))]
    async fn associated(source: &Source) -> String {
        url
    }
}

#[tokio::test(start_paused = true)]
async fn methods_have_resources_with_keys_of_fields_or_without_self() {
    let (prod, test) = (Service::of("prod"), Service::of("test"));
    let mut seen = Vec::new();
    assert_eq!(prod.handle(7, &mut seen).await, 2);
    assert_eq!(test.handle(7, &mut seen).await, 4);
    assert_eq!(prod.handle(8, &mut seen).await, 6);
    assert_eq!(
        seen,
        [
            "prod 1", "row 7 2", "test 1", "row 7 2", "prod 1", "row 8 3"
        ]
    );

    let source = Source::new();
    assert_eq!(Service::associated(&source).await, "associated 1");
    assert_eq!(Service::associated(&source).await, "associated 1");
    Service::associated_url_cache().invalidate(()).await;
    assert_eq!(Service::associated(&source).await, "associated 2");
}

#[tokio::test(start_paused = true)]
async fn a_generic_handler_has_resources_for_each_instance_they_depend_on() {
    trait Named {
        const NAME: &'static str;
    }

    struct Left;
    struct Right;

    impl Named for Left {
        const NAME: &'static str = "left";
    }

    impl Named for Right {
        const NAME: &'static str = "right";
    }

    #[cached(let own = parameter(source, T::NAME).await, ttl = "1h", skip(source))]
    #[cached(let common = parameter(source, "common").await, ttl = "1h", skip(source))]
    async fn handler<T: Named + 'static>(source: &Source) -> [String; 2] {
        [own, common]
    }

    let source = Source::new();
    let left = handler::<Left>(&source).await;
    let right = handler::<Right>(&source).await;
    assert!(left[0].starts_with("left ") && right[0].starts_with("right "));
    assert_eq!(handler::<Left>(&source).await, left);
    assert_eq!(handler::<Right>(&source).await, right);
}

#[tokio::test(start_paused = true)]
async fn generic_arguments_are_named_in_a_key_or_left_alone() {
    #[cached(let url = parameter(source, stage.as_ref()).await, ttl = "1h",
             key = stage.as_ref(), skip(source))]
    async fn texted<S: AsRef<str>>(source: &Source, stage: S) -> String {
        url
    }

    #[cached(let url = parameter(source, "url").await, ttl = "1h", skip(source))]
    async fn borrowing<'a, T: ?Sized>(source: &Source, event: &'a T) -> (String, &'a T) {
        (url, event)
    }

    let source = Source::new();
    let text = String::from("event");
    let (url, event) = borrowing(&source, text.as_str()).await;
    assert_eq!((url.as_str(), event), ("url 1", "event"));
    let (url, _) = borrowing(&source, &7).await;
    assert_eq!(url, "url 1");
    for _ in 0..2 {
        assert_eq!(texted(&source, "a").await, "a 2");
        assert_eq!(texted(&source, "a".to_owned()).await, "a 3");
    }
}

#[tokio::test(start_paused = true)]
async fn handlers_with_resources_can_be_spawned_and_nested() {
    static SOURCE: Source = Source::new();

    #[cached(let inner = remembered(1).await, ttl = "1h")]
    #[cached(let other = remembered(2).await, ttl = "1h")]
    async fn handler() -> u32 {
        inner * 10 + other
    }

    #[cached(ttl = "1h")]
    async fn remembered(id: u32) -> u32 {
        SOURCE.ask_for(id * MILLISECOND).await
    }

    let calls: Vec<_> = (0..10).map(|_| tokio::spawn(handler())).collect();
    for call in calls {
        assert_eq!(call.await.expect("nobody panics"), 12);
    }
    assert_eq!(SOURCE.asked(), 2);
}
