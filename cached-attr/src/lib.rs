#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//!
//! # Features
//!
//! None is on by default, and what is off is not compiled.
//!
//! | feature | brings | crates |
//! |---|---|---|
//! | `metrics` | `metrics::publish`: the numbers of every cache for a recorder of the `metrics` crate | `metrics` |
//! | `serde` | `Serialize` for what [`caches`], [`stats()`] and [`handles`] return | `serde` |
//! | `shared` | the options `shared` and `local_ttl`, `#[leader]`, `testing::Replica`, and `tier`: the trait of a cache that replicas share. `cached-attr-redis` implements it | `serde`, `serde_json` |
//! | `tracing` | a debug event for each call and a span around each load, for a subscriber of the `tracing` crate; warnings and errors are logged without it | |
//!
//! `cached-attr-redis` and `cached-attr-inspector` turn on what they need.

/// Caches the result of an async function, or gives a function cached resources.
///
/// All options are in [one table](crate#options). `ttl` is required: how long an answer is fresh is the author's
/// decision.
///
/// Without `let` the attribute caches the function's own result:
///
/// ```
/// use cached_attr::cached;
///
/// #[cached(ttl = "1m", key = "user:{id}")]
/// async fn user(id: u32) -> Option<String> {
///     (id == 7).then(|| "Ada".to_owned())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(user(7).await.as_deref(), Some("Ada"));
/// assert_eq!(user_cache().get("user:7").await, Some(Some("Ada".to_owned())));
/// # }
/// ```
///
/// With `let NAME = EXPR` it declares a resource: the value of `EXPR`, cached with options of its own, and bound as
/// `NAME` in the body, which runs on every call. Resources stack, and load side by side:
///
/// ```
/// use cached_attr::cached;
///
/// async fn parameter(name: &str) -> Result<String, std::io::Error> {
///     Ok(format!("value of {name}"))
/// }
///
/// #[cached(let url = parameter("/app/url").await?, ttl = "30s")]
/// #[cached(let key = parameter("/app/key").await?, ttl = "5m")]
/// async fn handler(event: u32) -> Result<String, std::io::Error> {
///     Ok(format!("{event}: {url}, {key}"))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(handler(1).await.unwrap(), "1: value of /app/url, value of /app/key");
/// assert_eq!(handler_url_cache().len(), 1);
/// # }
/// ```
///
/// With `batch` each item of a `Vec` is a key, and the function is called with the items that are missing:
///
/// ```
/// use std::collections::HashMap;
/// use cached_attr::cached;
///
/// #[cached(ttl = "1m", batch = ids, max_batch = 100)]
/// async fn users(ids: Vec<u32>) -> Result<HashMap<u32, String>, std::io::Error> {
///     Ok(ids.into_iter().map(|id| (id, format!("user {id}"))).collect())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// users(vec![1, 2]).await.unwrap();
/// assert_eq!(users(vec![2, 3]).await.unwrap().len(), 2); // loads 3
/// assert_eq!(users_cache().stats().loads, 3);
/// # }
/// ```
///
/// With `context` the body has a [`LoadContext`]: the value that the load replaces, for a conditional request, and a way to
/// say how the answer is kept:
///
/// ```
/// use std::time::Duration;
/// use cached_attr::cached;
/// # struct Response { etag: u32, body: Option<&'static str>, max_age: u64 }
/// # async fn get(known: Option<&u32>) -> Response {
/// #     Response { etag: 1, body: known.is_none().then_some("text"), max_age: 600 }
/// # }
///
/// #[cached(ttl = "1m", context = load)]
/// async fn page() -> Option<String> {
///     let response = get(load.kept::<u32>()).await;
///     load.set_ttl(Duration::from_secs(response.max_age));
///     match response.body {
///         Some(body) => {
///             load.keep(response.etag);
///             Some(body.to_owned())
///         }
///         None => load.not_modified().flatten(),
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// page().await;
/// page_cache().expire(()).await;
/// assert_eq!(page().await.as_deref(), Some("text")); // renewed
/// # }
/// ```
///
/// # Companions
///
/// For `script` the attribute also writes `script_cache()`, which returns its [`FnCache`], and `script_key(..)`, which
/// makes a key; for a resource `handler_url_cache()` and `handler_url_key(..)`. `handle = false` leaves them out, as
/// implementations of traits require.
///
/// A generic function has a cache for each type that reaches its key or value, and companions with these
/// parameters. A closure is skipped, as in
/// `async fn load<F, Fut>(id: u32, fetch: F) where F: Fn(u32) -> Fut, Fut: Future<Output = u32>` with `skip(fetch)`:
/// then neither `F` nor `Fut` makes a difference.
///
/// Where a signature cannot name the key's type (an expression, a binding of a pattern), `script_key(…)` is the
/// only way to make one. A text key is text, with `%` and the template's own characters escaped in what two or
/// more captures insert: make it with `script_key(…)` too, and not by hand.
///
/// # Errors
///
/// Those of the function. A call that waited for another call's load gets that call's error: a clone of it, or one
/// made [`From`] a [`SharedError`]. A call that waited for a load with an error of another type starts over, unless
/// `share_error` makes that error:
///
/// | error type | those who waited get |
/// |---|---|
/// | `Clone + Send + Sync + 'static` | a clone |
/// | `Display + From<SharedError>`, such as `anyhow::Error` and `Box<dyn Error + Send + Sync>` | one made of the rendered error and its sources |
/// | any other that is `Display`, with `share_error = \|error\| …` | what the closure makes of that |
/// | any other | an error of a load of its own |
///
/// With `timeout`, a load that takes too long ends in an error that is made [`From`] a [`TimedOut`].
///
/// # Cancel safety
///
/// A call can be dropped at any `.await`. If it runs the load, the load is dropped with it, and one of the calls that
/// wait for it begins its own at once.
///
/// A load in the background (`stale_while_revalidate`, `refresh_ahead`, and `soft_timeout` once it has passed) belongs to no
/// call: it is a task on the tokio runtime of the call that began it, and goes on when that call is dropped. It ends with its
/// runtime, with its `timeout`, or after a minute. [`flush_background`] waits for such loads.
///
/// # Background loads
///
/// Every load of a function with one of these options owns the arguments that its body names and must be `Send + 'static`: a
/// `&T` needs `T: Clone`, and `&self` a type that is `Clone`. The wrapper is as before: a hit clones nothing. A function that
/// calls itself has to say that its future is `Send`, which the compiler cannot infer then:
/// `fn f(..) -> impl Future<Output = ..> + Send`, or a `Pin<Box<dyn Future<Output = ..> + Send>>`.
///
/// # Panics
///
/// Where the function does. The key stays loadable, and the calls that waited start over. A panic in the background ends its
/// task alone.
///
/// With `timeout`, `soft_timeout` or a load in the background, where a load waits in a tokio runtime whose timer is not enabled
/// (`enable_time`).
pub use cached_attr_macros::cached;

/// Makes a writer invalidate the answers of the functions that it names.
///
/// `script(id)` is the entry that `script_key(id)` names, `settings[id]` the one with this very key, `list(..)` all
/// of a cache, and `self.by_id[id]` an entry of a cache in a field. `tag("tenant:{tenant}")` are all entries with that tag,
/// of whichever functions: the option `tags` gives it to them, with the same text.
///
/// Keys and tags are computed from the arguments before the body runs. When the body succeeds (`Ok`, or any return that is not
/// a `Result`) they are invalidated, and the writer returns after that. The word `before` also invalidates before the
/// body, `always` also after an `Err`.
///
/// ```
/// use cached_attr::{cached, invalidates};
/// # use std::sync::Mutex;
/// # static SCRIPT: Mutex<String> = Mutex::new(String::new());
///
/// #[cached(ttl = "1m")]
/// async fn script(instrument: &str) -> String {
///     format!("{instrument}: {}", SCRIPT.lock().unwrap())
/// }
///
/// #[invalidates(script(instrument))]
/// async fn put_script(instrument: &str, text: &str) -> Result<(), std::io::Error> {
///     *SCRIPT.lock().unwrap() = text.to_owned();
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// put_script("LOQ", "run 1").await.unwrap();
/// assert_eq!(script("LOQ").await, "LOQ: run 1");
/// put_script("LOQ", "run 2").await.unwrap();
/// assert_eq!(script("LOQ").await, "LOQ: run 2");
/// # }
/// ```
///
/// # Cancel safety
///
/// A writer that is dropped at an `.await`, or that panics, may or may not have written: the keys are invalidated then
/// too. A crash of the whole process invalidates nothing in other processes.
pub use cached_attr_macros::invalidates;

/// Lets one process at a time run a function: of all calls with the same key, in all processes that share a tier, at
/// most one runs the body at any moment.
///
/// The others return at once, with `None`: the function returns `Option<T>`, and its body `Some` value. A body that can
/// fail returns `Result<Option<T>, E>` (or `Option<Result<T, E>>`), and where no caller has to know, nothing at all:
/// `()` or `Result<(), E>`. [`LeaderReturn`](tier::LeaderReturn) is what these types have in common.
///
/// | option | value | meaning |
/// |---|---|---|
/// | `key` | a text, `"seed:{tenant}"`, or an expression that is `AsRef<str>` | who competes. **Required**; computed on each call |
/// | `ttl` | duration, default `"30s"` | how long a leader that crashed keeps the key. A living one renews it at a third of this |
/// | `grace` | duration, default `0` | how long after a success nobody leads. After an `Err` the key is free at once |
/// | `on_unavailable` | `"skip"` (default) or `"run"` | while the tier is away: run nothing, or run the body in every process that calls |
/// | `fence` | a name | binds `NAME: u64` in the body, a number larger than every earlier leader's; 0 while the tier is away |
/// | `crate` | path | where `cached_attr` is found if it is renamed |
///
/// Without a tier the calls of one process compete. [`testing::isolated`] has leaders of its own.
///
/// ```
/// use cached_attr::leader;
///
/// #[leader(key = "nightly", grace = "20h")]
/// async fn nightly_recompute() -> Option<u32> {
///     let rows = 7; // …
///     Some(rows)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(nightly_recompute().await, Some(7));
/// assert_eq!(nightly_recompute().await, None); // done for tonight, here and in every other process
/// # }
/// ```
///
/// # Errors
///
/// Those of the function. A fault of the tier is not one: the call returns what it returns where the body did not run,
/// and a warning is logged.
///
/// # Cancel safety
///
/// A call can be dropped at any `.await`: the body is dropped with it, and the key is freed without a grace. The body
/// of a leader that could not renew the key is dropped before another process can lead, and the call returns `None`.
#[cfg(feature = "shared")]
pub use cached_attr_macros::leader;
pub use cached_attr_runtime::*;

#[doc(hidden)]
pub use cached_attr_runtime::__private;
