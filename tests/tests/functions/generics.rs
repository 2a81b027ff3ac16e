//! Generic functions and methods of generic types: one cache for each instance that matters.

use std::any::type_name;
use std::fmt::Display;
use std::marker::PhantomData;

use cached_attr::cached;
use cached_attr_tests::Source;

#[cached(ttl = "1m")]
async fn shown<T: Display + Clone + std::hash::Hash + Eq + Send + Sync + 'static>(
    value: T,
) -> String {
    format!("{value} as {}", type_name::<T>())
}

#[tokio::test]
async fn each_type_of_key_has_a_cache_of_its_own() {
    assert_eq!(shown(1u8).await, "1 as u8");
    assert_eq!(shown(1u32).await, "1 as u32");
    assert_eq!(shown("1".to_owned()).await, "1 as alloc::string::String");
    assert_eq!(shown(1u8).await, "1 as u8");
    assert_eq!(shown_cache::<u8>().stats().hits, 1);
    assert_eq!(shown_cache::<u32>().stats().hits, 0);
}

#[cached(ttl = "1m")]
async fn made<T: Default + Clone + Send + Sync + 'static>(id: u32) -> T {
    MADE.ask();
    let _ = id;
    T::default()
}

static MADE: Source = Source::new();

#[tokio::test]
async fn each_type_of_value_has_a_cache_of_its_own() {
    assert_eq!(made::<u32>(1).await, 0);
    assert_eq!(made::<String>(1).await, "");
    assert_eq!(made::<u32>(1).await, 0);
    assert_eq!(MADE.asked(), 2);
    assert_eq!(made_cache::<u32>().get(1).await, Some(0));
}

/// The parameter reaches neither key nor value, but decides what the body does.
#[cached(ttl = "1m")]
async fn named<T: 'static>(id: u32) -> String {
    format!("{} {id}", type_name::<T>())
}

#[tokio::test]
async fn a_parameter_that_only_the_body_uses_tells_instances_apart() {
    assert_eq!(named::<u8>(1).await, "u8 1");
    assert_eq!(named::<u16>(1).await, "u16 1");
    assert_eq!(named::<u8>(1).await, "u8 1");
}

#[cached(ttl = "1m")]
async fn sized<const N: usize>(id: u32) -> usize {
    N + id as usize
}

#[tokio::test]
async fn constants_tell_instances_apart() {
    assert_eq!(
        (
            sized::<1>(0).await,
            sized::<2>(0).await,
            sized::<1>(0).await
        ),
        (1, 2, 1)
    );
}

trait Executor<'e> {
    fn run(self) -> u32;
}

struct Transaction<'t>(&'t Source);

impl<'e> Executor<'e> for &'e Transaction<'_> {
    fn run(self) -> u32 {
        self.0.ask()
    }
}

impl<'e> Executor<'e> for &'e Source {
    fn run(self) -> u32 {
        self.ask()
    }
}

#[cached(ttl = "1m", skip(db))]
async fn row<'e, E: Executor<'e>>(db: E, id: u32) -> Result<u32, String> {
    let _ = id;
    Ok(db.run())
}

#[tokio::test]
async fn an_executor_that_is_only_skipped_needs_no_static_and_shares_one_cache() {
    let pool = Source::new();
    let transaction = Transaction(&pool);
    assert_eq!(row(&transaction, 1).await, Ok(1));
    assert_eq!(row(&pool, 1).await, Ok(1));
    assert_eq!(row(&pool, 2).await, Ok(2));
}

#[tokio::test]
async fn where_clauses_keep_working() {
    #[cached(ttl = "1m", skip(source))]
    async fn clause<S, T>(source: S, text: &T) -> String
    where
        S: Fn() -> u32,
        T: ?Sized + ToOwned + std::hash::Hash + Eq + Display + 'static,
        T::Owned: Clone + std::hash::Hash + Eq + Send + Sync + 'static,
    {
        format!("{text} {}", source())
    }

    assert_eq!(clause(|| 1, "a").await, "a 1");
    assert_eq!(clause(|| 2, "a").await, "a 1");
}

struct Table<R> {
    source: Source,
    row: PhantomData<R>,
}

impl<R: From<u32> + Clone + Send + Sync + 'static> Table<R> {
    fn new() -> Self {
        Table {
            source: Source::new(),
            row: PhantomData,
        }
    }

    #[cached(ttl = "1m", skip(self), handle = false)]
    async fn get(&self, id: u32) -> R {
        R::from(self.source.ask() + id)
    }

    #[cached(ttl = "1m", skip(self))]
    async fn find(&self, id: u32) -> Result<R, String> {
        if id == 0 {
            return Err("zero".to_owned());
        }
        Ok(R::from(self.source.ask() + id))
    }

    #[cached(ttl = "1m")]
    async fn title() -> String {
        type_name::<R>().to_owned()
    }
}

#[tokio::test]
async fn methods_of_a_generic_type_have_a_cache_for_each_instance() {
    let (wide, narrow) = (Table::<u64>::new(), Table::<u32>::new());
    assert_eq!(wide.get(10).await, 11u64);
    assert_eq!(narrow.get(10).await, 11u32);
    assert_eq!((wide.get(10).await, narrow.get(10).await), (11, 11));
    assert_eq!((wide.source.asked(), narrow.source.asked()), (1, 1));

    assert!(wide.find(0).await.is_err());
    assert_eq!(wide.find(1).await, Ok(3));
    assert_eq!(wide.find(1).await, Ok(3));
    assert_eq!(Table::<u64>::find_cache().get(1).await, Some(3));
}

#[tokio::test]
async fn associated_functions_of_a_generic_type_never_share_an_entry() {
    assert_eq!(Table::<u64>::title().await, "u64");
    assert_eq!(Table::<u32>::title().await, "u32");
    assert_eq!(Table::<u64>::title().await, "u64");
}

/// Types named by one letter, and an alias that is.
#[derive(Clone, Debug, PartialEq)]
struct V(u32);

type R<T> = Result<T, std::fmt::Error>;

#[cached(ttl = "1m")]
async fn one_letter(id: u32) -> V {
    V(id)
}

#[cached(ttl = "1m")]
async fn one_letter_alias(id: u32) -> R<u32> {
    Ok(id)
}

struct Letters;

impl Letters {
    #[cached(ttl = "1m", skip(self))]
    async fn one_letter(&self, id: u32) -> V {
        V(id)
    }

    #[cached(ttl = "1m", skip(self))]
    async fn one_letter_alias(&self, id: u32) -> R<V> {
        Ok(V(id))
    }
}

#[tokio::test]
async fn a_type_named_by_one_letter_is_not_a_type_parameter() {
    one_letter_cache().insert(1, V(7)).await;
    assert_eq!(one_letter(1).await, V(7));
    one_letter_alias(1).await.unwrap();
    assert_eq!(one_letter_alias_cache().get(1).await, Some(1));

    assert_eq!(Letters.one_letter(1).await, V(1));
    assert_eq!(Letters::one_letter_cache().len(), 1);
    Letters::one_letter_cache().invalidate(1).await;
    assert!(Letters::one_letter_cache().get(1).await.is_none());
    Letters.one_letter_alias(2).await.unwrap();
    assert_eq!(Letters::one_letter_alias_cache().len(), 1);
}

/// A name that does not end in `Result`, so that only the compiler sees that it is one.
type Outcome<T> = Result<Vec<T>, std::fmt::Error>;

#[cached(ttl = "1m")]
async fn repeated<T: std::hash::Hash + Eq + Clone + Send + Sync + 'static>(item: T) -> Outcome<T> {
    Ok(vec![item.clone(), item])
}

#[tokio::test]
async fn a_generic_function_may_return_an_alias_of_any_name() {
    repeated(1u8).await.unwrap();
    repeated_cache::<u8>().invalidate(1).await;
    assert!(repeated_cache::<u8>().get(1).await.is_none());
    repeated(1u8).await.unwrap();
    assert!(repeated_cache::<u8>().get(1).await.is_some());
}

#[cached(ttl = "1m", skip(fetch))]
async fn fetched<F, Fut>(id: u32, fetch: F) -> u32
where
    F: Fn(u32) -> Fut,
    Fut: Future<Output = u32>,
{
    fetch(id).await
}

#[tokio::test]
async fn a_skipped_closure_and_its_future_make_no_difference() {
    let source = Source::new();
    let ask = |_| async { source.ask() };
    assert_eq!(fetched(1, ask).await, 1);
    assert_eq!(fetched(1, |_| std::future::ready(7)).await, 1);
    fetched_cache().invalidate(fetched_key(1)).await;
    assert_eq!(fetched(1, |_| std::future::ready(7)).await, 7);
}
