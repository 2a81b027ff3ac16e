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

/// Those at each place. An attribute below ours may repeat what we wrote: `debug_handler` has a copy to check.
type Places = HashMap<Place, Vec<&'static Site>, RandomState>;

/// The site at a place, for the companions of a function that has it inside. An associated function without `self`
/// looks like a free one to the attribute, so nothing but its place is certain. Of several it is the one in use.
///
/// # Panics
///
/// Where the platform does not run the registration of sites before `main`.
#[must_use]
pub fn site_at(module: &'static str, id: u64) -> &'static Site {
    static PLACES: OnceLock<Places> = OnceLock::new();
    let place = (module, id);
    let places = PLACES.get_or_init(|| {
        let mut places = Places::default();
        all().for_each(|site| places.entry(site.place).or_default().push(site));
        places
    });
    let here = places.get(&place).into_iter().flatten().copied();
    let used = here.clone().find(|site| site.is_used());
    // A library that is loaded later brings sites of its own.
    let mut any = here.chain(all().filter(|site| site.place == place));
    let site = used.or_else(|| any.next());
    #[allow(
        clippy::expect_used,
        reason = "one expansion registers the site and looks for it"
    )]
    site.expect(
        "cached functions register themselves before `main`; this platform does not do that",
    )
}
