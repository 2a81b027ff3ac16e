//! Stage three: what one attribute says, value by value. Nothing is resolved yet: an option that is not written is
//! `None` here, and a value that does not read is kept as its error, so that the others are still looked at.

mod duration;
mod key;
#[allow(
    clippy::unreachable,
    reason = "what darling derives takes its own word for what it has checked"
)]
mod leader;
mod number;
#[allow(
    clippy::unreachable,
    reason = "what darling derives takes its own word for what it has checked"
)]
mod options;
mod parse;
mod tags;
mod value;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;

pub(crate) use duration::{Lifetime, Limit, Time, Ttl, Window};
pub(crate) use key::KeyArg;
pub(crate) use leader::{Fence, Grace, Term, WhenUnavailable, read as read_leader};
pub(crate) use number::{Capacity, Jitter, MaxBackground, MaxBatch, Part};
pub(crate) use options::{Options, is_option};
pub(crate) use parse::{Let, bindings, read};
pub(crate) use tags::{Tags, text as tag_text};
pub(crate) use value::{Closure, Code};
pub(crate) use words::{
    BatchArgument, CacheName, ContextName, CratePath, EnvName, Handle, Shared, Skip,
};

/// A value as written: absent, read, or wrong.
pub(crate) type Parsed<T> = Option<darling::Result<T>>;

/// All attributes of ours on one function, read.
pub(crate) struct Attributes {
    pub(crate) read: Vec<Attribute>,
    /// Could every one be read?
    pub(crate) complete: bool,
    /// Does one of them name `Self`?
    pub(crate) name_self: bool,
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
