//! Stage three: what one attribute says, value by value. Nothing is resolved yet: an option that is not written is
//! `None` here, and a value that does not read is kept as its error, so that the others are still looked at.

mod code;
mod duration;
mod key;
mod layer;
mod number;
mod value;
mod vocabulary;
mod word;

use std::collections::{BTreeMap, BTreeSet};

use darling::FromMeta;
use proc_macro2::Span;

pub(crate) use code::{Closure, Code};
pub(crate) use duration::{Lifetime, Time, Ttl};
pub(crate) use key::KeyArg;
pub(crate) use layer::{Let, read};
pub(crate) use number::{Amount, Jitter};
pub(crate) use word::{CratePath, EnvName, Handle, Label, Names};

/// A value as written: absent, read, or wrong.
pub(crate) type Given<T> = Option<darling::Result<T>>;

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

/// One attribute, read.
pub(crate) struct Attribute {
    /// `let NAME: TYPE = EXPR`, if it declares a resource.
    pub(crate) binding: Option<Let>,
    pub(crate) options: Options,
    /// Where each option's name stands.
    pub(crate) written: BTreeMap<String, Span>,
    /// Every name that the options mention.
    pub(crate) named: BTreeSet<String>,
    /// The attribute as a whole.
    pub(crate) span: Span,
}

impl Attribute {
    /// Where the option's name stands; the attribute itself when it is not written.
    pub(crate) fn span_of(&self, option: &str) -> Span {
        self.written.get(option).copied().unwrap_or(self.span)
    }

    pub(crate) fn has(&self, option: &str) -> bool {
        self.written.contains_key(option)
    }
}
