//! Twins: how companions find a site that stands inside its function.

use std::sync::OnceLock;

use crate::builder::Builder;
use crate::cache::FnCache;
use crate::instance::Instance;
use crate::registry;
use crate::shape::Shape;
use crate::site::{Place, Site};

/// A site as its companions see it. An associated function without `self` looks like a free one to the
/// attribute, so the site stands inside the function and the companions look for it, once.
pub struct Twin {
    place: Place,
    site: OnceLock<&'static Site>,
}

impl Twin {
    /// The twin of the site at this place.
    #[must_use]
    pub const fn new(place: Place) -> Self {
        Twin {
            place,
            site: OnceLock::new(),
        }
    }

    /// See [`Site::cache`].
    pub fn cache<K: 'static, V: 'static, I: Instance>(
        &'static self,
        instance: I,
        rules: impl FnOnce(Builder<K, V>) -> Builder<K, V>,
    ) -> &'static FnCache<K, V> {
        self.site().cache(instance, rules)
    }

    /// The same where the value's type is what a load would have. Only the shape's type is used.
    pub fn cache_of<K: 'static, S: Shape<Value: 'static>, I: Instance>(
        &'static self,
        _: &Option<S>,
        instance: I,
        rules: impl FnOnce(Builder<K, S::Value>) -> Builder<K, S::Value>,
    ) -> &'static FnCache<K, S::Value> {
        self.site().cache(instance, rules)
    }

    /// # Panics
    ///
    /// Where the platform does not run the registration of sites before `main`.
    fn site(&self) -> &'static Site {
        let find = || registry::sites().find(|site| site.place == self.place);
        self.site.get_or_init(|| {
            #[allow(
                clippy::expect_used,
                reason = "one expansion registers the site that it looks for"
            )]
            find().expect("cached functions register themselves before `main`; this platform does not do that")
        })
    }
}
