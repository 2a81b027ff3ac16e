//! Other attributes, documentation, visibility, macros and `cfg`.

use cached_attr::cached;
use cached_attr_tests::Source;

/// Documented above.
#[must_use]
#[cached(ttl = "1m")]
#[allow(clippy::unused_async, reason = "an attribute below")]
/// And below.
#[inline]
pub(crate) async fn adorned(
    /* the key */ id: u32,
    #[allow(unused_variables, reason = "an attribute on a parameter")] other: u32,
) -> u32 {
    id
}

#[tokio::test]
async fn attributes_above_below_and_on_parameters_stay() {
    assert_eq!(adorned(1, 2).await, 1);
    assert_eq!(adorned_cache().get((1, 2)).await, Some(1));
}

#[deprecated = "use another"]
#[cached(ttl = "1m")]
async fn old(id: u32) -> u32 {
    id
}

#[tokio::test]
#[allow(deprecated, reason = "that is what is tested")]
async fn a_deprecated_function_raises_no_warning_inside_its_own_expansion() {
    assert_eq!(old(1).await, 1);
}

#[cached(ttl = "1m")]
#[cfg(not(any(target_os = "none")))]
async fn configured(id: u32) -> u32 {
    id
}

#[cfg(any())]
#[cached(ttl = "1m")]
async fn configured(id: NoSuchType) -> u32 {
    id
}

#[cfg_attr(all(), cached(ttl = "1m"))]
async fn configured_attribute(id: u32) -> u32 {
    static SOURCE: Source = Source::new();
    SOURCE.ask() + id
}

#[tokio::test]
async fn cfg_and_cfg_attr_are_honoured() {
    assert_eq!(configured(1).await, 1);
    assert_eq!(
        (configured_attribute(1).await, configured_attribute(1).await),
        (2, 2)
    );
}

macro_rules! cached_function {
    ($visibility:vis $name:ident($argument:ident: $type:ty) -> $return:ty, $ttl:expr, $body:expr) => {
        #[cached(ttl = $ttl)]
        $visibility async fn $name($argument: $type) -> $return {
            $body
        }
    };
}

cached_function!(pub(crate) from_macro(id: u32) -> u32, "1m", id + 1);
cached_function!(from_macro_too(name: &str) -> Result<String, String>, std::time::Duration::from_secs(1), Ok(name.to_owned()));

#[tokio::test]
async fn a_macro_may_write_the_function() {
    assert_eq!((from_macro(1).await, from_macro(1).await), (2, 2));
    assert_eq!(from_macro_too("a").await, Ok("a".to_owned()));
    assert_eq!(from_macro_too("a").await, Ok("a".to_owned()));
}

macro_rules! cached_method {
    ($type:ident, $($name:ident)*) => {
        impl $type {
            $(#[cached(ttl = "1m", key = "{self.id}:{number}")]
            async fn $name(&self, number: u32) -> String {
                format!("{} {} {number}", stringify!($name), self.id)
            })*
        }
    };
}

struct Row {
    id: u32,
}

cached_method!(Row, first second);

#[tokio::test]
async fn a_macro_may_write_methods_with_captures() {
    let row = Row { id: 1 };
    assert_eq!(
        (row.first(2).await, row.second(2).await),
        ("first 1 2".to_owned(), "second 1 2".to_owned())
    );
    assert_eq!(
        (row.first(2).await, row.second(2).await),
        ("first 1 2".to_owned(), "second 1 2".to_owned())
    );
}

#[cached(ttl = "1m", key = "{a}{{}}:{b}")]
#[must_use]
pub(in crate::attributes) async fn restricted(a: u32, b: u32) -> u32 {
    a + b
}

#[tokio::test]
async fn restricted_visibility_is_kept() {
    assert_eq!(restricted(1, 2).await, 3);
    assert_eq!(restricted_key(1, 2), "1{}:2");
}

macro_rules! with_inner_function {
    ($($outer:ident)*) => {$(
        async fn $outer() -> (u32, u32) {
            #[cached(ttl = "1m")]
            async fn inner() -> u32 {
                1
            }

            let before = inner_cache().get(()).await.unwrap_or(0);
            inner_cache().insert((), 100).await;
            (before, inner().await)
        }
    )*};
}

with_inner_function!(one other third);

#[tokio::test]
async fn functions_of_the_same_tokens_have_caches_and_companions_of_their_own() {
    assert_eq!(one().await, (0, 100));
    assert_eq!(other().await, (0, 100));
    assert_eq!(third().await, (0, 100));
}

macro_rules! with_closure_types {
    ($($type:ident)*) => {$(
        struct $type;

        impl $type {
            #[cached(ttl = "1m")]
            async fn number(id: u32) -> u32 {
                id
            }

            #[cached(ttl = "1m", skip(self))]
            async fn method(&self, id: u32) -> u32 {
                id
            }
        }
    )*};
}

with_closure_types!(North South);

#[tokio::test]
async fn methods_of_the_same_tokens_have_companions_of_their_own() {
    North::number_cache().insert(1, 100).await;
    North::method_cache().insert(1, 200).await;
    assert_eq!((North::number(1).await, North.method(1).await), (100, 200));
    assert_eq!((South::number(1).await, South.method(1).await), (1, 1));
    South::number_cache().invalidate(1).await;
    assert_eq!(
        (North::number_cache().len(), South::number_cache().len()),
        (1, 0)
    );
}
