//! All sites that are linked into this program.

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

use crate::site::{Place, Site};

/// An annotated function that is linked into this program.
pub struct Registered(pub &'static Site);

inventory::collect!(Registered);

pub(crate) fn all() -> impl Iterator<Item = &'static Site> {
    inventory::iter::<Registered>
        .into_iter()
        .map(|registered| registered.0)
}

/// The first at each place. An attribute below ours may repeat what we wrote: `debug_handler` has a copy to check.
type Places = HashMap<Place, &'static Site, RandomState>;

/// One site for each place.
pub(crate) fn at_each_place() -> impl Iterator<Item = &'static Site> {
    all().filter(|site| std::ptr::eq(*site, canonical(site)))
}

/// The site that stands for all copies of its expansion.
pub(crate) fn canonical(site: &'static Site) -> &'static Site {
    find(site.place).unwrap_or(site)
}

fn find(place: Place) -> Option<&'static Site> {
    static PLACES: OnceLock<Places> = OnceLock::new();
    let places = PLACES.get_or_init(|| {
        let mut places = Places::default();
        for site in all() {
            places.entry(site.place).or_insert(site);
        }
        places
    });
    // A library that is loaded later brings sites of its own.
    let loaded_later = || all().find(|site| site.place == place);
    places.get(&place).copied().or_else(loaded_later)
}

/// The site at a place, for the companions of a function that has it inside. An associated function without `self`
/// looks like a free one to the attribute, so nothing but its place is certain.
///
/// # Panics
///
/// Where the platform does not run the registration of sites before `main`.
#[must_use]
pub fn site_at(module: &'static str, id: u64) -> &'static Site {
    #[allow(
        clippy::expect_used,
        reason = "one expansion registers the site and looks for it"
    )]
    find((module, id)).expect(
        "cached functions register themselves before `main`; this platform does not do that",
    )
}
