//! The receiver: every option of `#[cached(…)]` and the type of its value.

use darling::FromMeta;

use super::{
    Amount, Closure, Code, CratePath, EnvName, Given, Handle, Jitter, KeyArg, Label, Lifetime,
    Names, Ttl,
};

/// The options of one `#[cached(…)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct Options {
    pub(crate) ttl: Given<Ttl>,
    pub(crate) ttl_env: Given<EnvName>,
    pub(crate) key: Given<KeyArg>,
    pub(crate) skip: Given<Names>,
    pub(crate) bypass: Given<Code>,
    pub(crate) refresh: Given<Code>,
    pub(crate) store_if: Given<Closure>,
    pub(crate) negative_ttl: Given<Lifetime>,
    pub(crate) error_ttl: Given<Lifetime>,
    pub(crate) stale_if_error: Given<Lifetime>,
    pub(crate) stale_if_error_when: Given<Closure>,
    pub(crate) retry_after: Given<Lifetime>,
    pub(crate) capacity: Given<Amount>,
    pub(crate) weigh: Given<Closure>,
    pub(crate) tti: Given<Lifetime>,
    pub(crate) jitter: Given<Jitter>,
    pub(crate) cache: Given<Code>,
    pub(crate) name: Given<Label>,
    pub(crate) handle: Given<Handle>,
    #[darling(rename = "crate")]
    pub(crate) krate: Given<CratePath>,
}
