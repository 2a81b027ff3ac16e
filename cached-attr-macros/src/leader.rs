//! `#[leader(key = "seed:{tenant}", ttl = "30s", grace = "1h")]`: a body that one process at a time runs.

use std::time::Duration;

use darling::error::Accumulator;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, LitStr, Path, spanned::Spanned};

use crate::{
    args::{self, CratePath, Fence, Grace, KeyArg, Term, Time, WhenUnavailable},
    diag, idents,
    item::Function,
    plan::{self, Key, Scope, TextTemplate},
};

/// How long a leader that crashed keeps the key, unless it is written.
const TTL: Duration = Duration::from_secs(30);

/// An election in front of a body.
pub(crate) struct Leader {
    pub(crate) runtime: Path,
    pub(crate) key: LeaderKey,
    pub(crate) ttl: Time,
    pub(crate) grace: Time,
    pub(crate) when_unavailable: WhenUnavailable,
    /// What the body calls its number.
    pub(crate) fence: Ident,
}

/// Who competes.
pub(crate) enum LeaderKey {
    Constant(LitStr),
    Text(TextTemplate),
    /// Anything that is `AsRef<str>`.
    Code(Expr),
}

/// Reads and checks one attribute.
pub(crate) fn plan(attribute: TokenStream, function: &Function) -> darling::Result<Leader> {
    let mut errors = darling::Error::accumulator();
    function.check_leader(&mut errors);
    let leader = lower(attribute, function, &mut errors);
    errors.finish()?;
    leader.ok_or_else(|| diag::at(function.span(), "this attribute could not be read"))
}

fn lower(attribute: TokenStream, function: &Function, errors: &mut Accumulator) -> Option<Leader> {
    let (options, has_key) = args::read_leader(attribute, errors)?;
    if !has_key {
        errors.push(diag::at(
            Span::call_site(),
            "`key` is missing: which calls compete? At most one of a key runs at a time, in all processes: write for \
             example `key = \"seed\"`",
        ));
    }
    let runtime = match options.krate {
        Some(krate) => krate.map(|CratePath(path)| path),
        None => plan::default_runtime(Span::call_site()),
    };
    let ttl = options.ttl.unwrap_or(Ok(Term(Time::Exact(TTL))));
    let grace = options
        .grace
        .unwrap_or(Ok(Grace(Time::Exact(Duration::ZERO))));
    let when_unavailable = options.on_unavailable.unwrap_or(Ok(WhenUnavailable::Skip));
    let fence = match options.fence {
        Some(fence) => fence.and_then(|Fence(name)| check_fence(name, function)),
        None => Ok(idents::local("fence")),
    };
    // Each is looked at before the first that is missing ends it.
    let runtime = errors.handle(runtime);
    let key = options
        .key
        .and_then(|key| lower_key(errors.handle(key)?, function, errors));
    let (ttl, grace) = (errors.handle(ttl), errors.handle(grace));
    let (when_unavailable, fence) = (errors.handle(when_unavailable), errors.handle(fence));
    Some(Leader {
        runtime: runtime?,
        key: key?,
        ttl: ttl?.0,
        grace: grace?.0,
        when_unavailable: when_unavailable?,
        fence: fence?,
    })
}

/// The body would lose its argument.
fn check_fence(name: Ident, function: &Function) -> darling::Result<Ident> {
    let mut arguments = function.arguments.iter();
    if arguments.any(|argument| argument.name == name) {
        let message = format!("`{name}` is an argument already: choose another name");
        return Err(diag::at(name.span(), message));
    }
    Ok(name)
}

fn lower_key(key: KeyArg, function: &Function, errors: &mut Accumulator) -> Option<LeaderKey> {
    match key {
        KeyArg::Text(text) if text.value().is_empty() => {
            errors.push(diag::at(text.span(), "a leader's key cannot be empty"));
            None
        }
        key @ KeyArg::Text(_) => {
            let scope = Scope::of_function(function);
            match plan::written_key(&key, &scope, errors)?.key {
                Key::Constant(text) => Some(LeaderKey::Constant(text)),
                Key::Text(text) => Some(LeaderKey::Text(text)),
                Key::Parts(_) => None,
            }
        }
        KeyArg::One(code) => Some(LeaderKey::Code(code)),
        KeyArg::Tuple(parts) => {
            let at = parts.first().map_or_else(Span::call_site, Spanned::span);
            errors.push(diag::at(
                at,
                "a leader's key is one text: write for example `key = \"seed:{tenant}:{region}\"`",
            ));
            None
        }
    }
}
