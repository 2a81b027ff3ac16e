//! Methods and associated functions.

use std::sync::Arc;
use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_tests::Source;

struct Repo {
    source: Source,
    tenant: String,
    rows: FnCache<u32, String>,
}

impl Repo {
    fn new(tenant: &str) -> Self {
        Repo {
            source: Source::new(),
            tenant: tenant.to_owned(),
            rows: FnCache::builder().ttl(Duration::from_secs(60)).build(),
        }
    }

    /// No `self`.
    #[cached(ttl = "1m")]
    async fn version(major: u32) -> String {
        format!("v{major}")
    }

    #[cached(ttl = "1m", skip(self))]
    async fn shared_by_all(&self, id: u32) -> u32 {
        self.source.ask() + id
    }

    #[cached(ttl = "1m", key = (self.tenant, id))]
    async fn by_tenant(&self, id: u32) -> String {
        format!("{} {id} {}", self.tenant, self.source.ask())
    }

    #[cached(ttl = "1m", cache = self.rows, skip(self))]
    async fn row(&self, id: u32) -> String {
        format!("{} {id} {}", self.tenant, self.source.ask())
    }

    #[cached(ttl = "1m", skip(self))]
    async fn from_arc(self: Arc<Self>, id: u32) -> u32 {
        self.source.ask() + id
    }

    #[cached(ttl = "1m", skip(self))]
    async fn from_arc_by_reference(self: &Arc<Self>, id: u32) -> u32 {
        self.source.ask() + id
    }

    #[cached(ttl = "1m", skip(self))]
    async fn mutable(&mut self, id: u32) -> u32 {
        self.tenant.push('!');
        id
    }

    #[cached(ttl = "1m", skip(self))]
    async fn myself(&self) -> Arc<Self> {
        Arc::new(Repo::new("copy"))
    }
}

#[tokio::test]
async fn an_associated_function_has_its_companions_beside_it() {
    assert_eq!(Repo::version(1).await, "v1");
    assert_eq!(Repo::version_cache().get(1).await.as_deref(), Some("v1"));
    assert_eq!(Repo::version_key(1), 1);
    Repo::version_cache().insert(1, "v1.1".to_owned()).await;
    assert_eq!(Repo::version(1).await, "v1.1");
}

#[tokio::test]
async fn with_self_skipped_all_values_share_the_entries() {
    let (one, other) = (Repo::new("a"), Repo::new("b"));
    assert_eq!(one.shared_by_all(1).await, 2);
    assert_eq!(other.shared_by_all(1).await, 2);
    assert_eq!(other.source.asked(), 0);
}

#[tokio::test]
async fn a_key_of_fields_keeps_values_apart() {
    let (one, other, again) = (Repo::new("a"), Repo::new("b"), Repo::new("a"));
    assert_eq!(one.by_tenant(1).await, "a 1 1");
    assert_eq!(other.by_tenant(1).await, "b 1 1");
    assert_eq!(again.by_tenant(1).await, "a 1 1");
    assert_eq!(again.source.asked(), 0);
}

#[tokio::test]
async fn a_cache_in_a_field_belongs_to_its_value() {
    let (one, other) = (Repo::new("a"), Repo::new("b"));
    assert_eq!(
        (one.row(1).await, one.row(1).await),
        ("a 1 1".to_owned(), "a 1 1".to_owned())
    );
    assert_eq!(other.row(1).await, "b 1 1");
    one.rows.invalidate(1).await;
    assert_eq!(
        (one.row(1).await, other.row(1).await),
        ("a 1 2".to_owned(), "b 1 1".to_owned())
    );
}

#[tokio::test]
async fn every_receiver_works() {
    let repo = Arc::new(Repo::new("a"));
    assert_eq!(Arc::clone(&repo).from_arc(10).await, 11);
    assert_eq!(Arc::clone(&repo).from_arc(10).await, 11);
    assert_eq!(repo.from_arc_by_reference(10).await, 12);
    assert_eq!(repo.from_arc_by_reference(10).await, 12);
    let mut mutable = Repo::new("m");
    assert_eq!((mutable.mutable(1).await, mutable.mutable(1).await), (1, 1));
    assert_eq!(mutable.tenant, "m!");
    assert_eq!(repo.myself().await.tenant, "copy");
}

struct Left;
struct Right;

impl Left {
    #[cached(ttl = "1m", skip(self))]
    async fn name(&self, id: u32) -> String {
        format!("left {id}")
    }
}

impl Right {
    #[cached(ttl = "1m", skip(self))]
    async fn name(&self, id: u32) -> String {
        format!("right {id}")
    }
}

#[tokio::test]
async fn two_methods_of_one_name_never_share_an_entry() {
    assert_eq!(
        (Left.name(1).await, Right.name(1).await),
        ("left 1".to_owned(), "right 1".to_owned())
    );
    assert_eq!(
        (Left.name(1).await, Right.name(1).await),
        ("left 1".to_owned(), "right 1".to_owned())
    );
    Left::name_cache().invalidate(1).await;
    assert_eq!(
        (Left::name_cache().len(), Right::name_cache().len()),
        (0, 1)
    );
}

macro_rules! implement {
    ($($type:ident $text:literal),*) => {$(
        struct $type;

        impl $type {
            #[cached(ttl = "1m")]
            async fn label(id: u32) -> String {
                format!("{} {id}", $text)
            }
        }
    )*};
}

implement!(First "first", Second "second");

#[tokio::test]
async fn methods_that_a_macro_writes_for_two_types_never_share_an_entry() {
    assert_eq!(
        (First::label(1).await, Second::label(1).await),
        ("first 1".to_owned(), "second 1".to_owned())
    );
    assert_eq!(
        First::label_cache().get(1).await.as_deref(),
        Some("first 1")
    );
    assert_eq!(
        Second::label_cache().get(1).await.as_deref(),
        Some("second 1")
    );
}
