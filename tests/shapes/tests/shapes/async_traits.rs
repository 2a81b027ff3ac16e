//! `#[async_trait]`: it expands first, and hands over a function that returns a boxed future.

use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use cached_attr::cached;
use cached_attr_tests::Source;

#[async_trait]
trait Store: Send + Sync {
    fn source(&self) -> &Source;

    async fn get(&self, id: u32) -> Result<u32, String>;

    async fn find(&self, name: &str, page: Option<&str>) -> Option<String>;

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn doubled(&self, id: u32) -> u32 {
        2 * self.source().ask() + id
    }
}

struct Memory(Source);
struct Disk(Source);

#[async_trait]
impl Store for Memory {
    fn source(&self) -> &Source {
        &self.0
    }

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn get(&self, id: u32) -> Result<u32, String> {
        if id == 0 {
            return Err(format!("zero at {}", self.0.ask()));
        }
        let answer = self.0.ask();
        tokio::task::yield_now().await;
        Ok(answer)
    }

    #[cached(ttl = "1m", key = "{name}:{page:?}", skip(self), handle = false)]
    async fn find(&self, name: &str, page: Option<&str>) -> Option<String> {
        Some(format!("{name} {page:?} {}", self.0.ask()))
    }
}

#[async_trait]
impl Store for Disk {
    fn source(&self) -> &Source {
        &self.0
    }

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn get(&self, id: u32) -> Result<u32, String> {
        Ok(1000 + self.0.ask() + id)
    }

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn find(&self, name: &str, page: Option<&str>) -> Option<String> {
        Some(format!("disk {name} {page:?} {}", self.0.ask()))
    }
}

#[tokio::test]
async fn implementations_remember_each_for_itself_also_behind_dyn() {
    let stores: [Arc<dyn Store>; 2] = [
        Arc::new(Memory(Source::new())),
        Arc::new(Disk(Source::new())),
    ];
    for _ in 0..2 {
        assert_eq!(stores[0].get(5).await, Ok(1));
        assert_eq!(stores[1].get(5).await, Ok(1006));
    }
    assert_eq!(
        stores[0].find("a", Some("b")).await.as_deref(),
        Some("a Some(\"b\") 2")
    );
    assert_eq!(
        stores[0].find("a", Some("b")).await.as_deref(),
        Some("a Some(\"b\") 2")
    );
    assert_eq!(
        stores[1].find("a", None).await.as_deref(),
        Some("disk a None 2")
    );
}

#[tokio::test]
async fn an_error_inside_the_boxed_body_is_not_stored() {
    let store = Memory(Source::new());
    assert_eq!(store.get(0).await, Err("zero at 1".to_owned()));
    assert_eq!(store.get(0).await, Err("zero at 2".to_owned()));
}

#[tokio::test]
async fn default_methods_remember_for_each_implementation() {
    let (memory, disk) = (Memory(Source::new()), Disk(Source::new()));
    disk.0.ask();
    assert_eq!((memory.doubled(1).await, disk.doubled(1).await), (3, 5));
    assert_eq!((memory.doubled(1).await, disk.doubled(1).await), (3, 5));
}

#[tokio::test]
async fn boxed_calls_can_be_spawned_and_share_loads() {
    let store: Arc<dyn Store> = Arc::new(Memory(Source::new()));
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.get(77).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.ok(), Some(Ok(1)));
    }
}

#[async_trait(?Send)]
trait Local {
    async fn local(&self, id: u32) -> u32;
}

#[async_trait(?Send)]
impl Local for Rc<Source> {
    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn local(&self, id: u32) -> u32 {
        let held = Rc::clone(self);
        tokio::task::yield_now().await;
        held.ask() + id
    }
}

#[tokio::test]
async fn bodies_that_are_not_send_remember_too() {
    let source = Rc::new(Source::new());
    assert_eq!((source.local(1).await, source.local(1).await), (2, 2));
}

#[async_trait]
trait Finder<T> {
    async fn first(&self, key: String) -> anyhow::Result<Option<T>>;
}

#[async_trait]
impl<T: From<u32> + Clone + Send + Sync + 'static> Finder<T> for Disk {
    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn first(&self, key: String) -> anyhow::Result<Option<T>> {
        anyhow::ensure!(!key.is_empty(), "no key");
        Ok(Some(T::from(self.0.ask())))
    }
}

#[tokio::test]
async fn generic_traits_remember_for_each_type() {
    let disk = Disk(Source::new());
    let wide = async || {
        Finder::<u64>::first(&disk, "a".to_owned())
            .await
            .ok()
            .flatten()
    };
    let narrow = async || {
        Finder::<u32>::first(&disk, "a".to_owned())
            .await
            .ok()
            .flatten()
    };
    assert_eq!((wide().await, narrow().await), (Some(1u64), Some(2u32)));
    assert_eq!((wide().await, narrow().await), (Some(1), Some(2)));
    assert!(Finder::<u64>::first(&disk, String::new()).await.is_err());
}
