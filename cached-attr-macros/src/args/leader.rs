//! The receiver of `#[leader(…)]`.

use std::time::Duration;

use darling::{FromMeta, ast::NestedMeta, error::Accumulator};
use proc_macro2::{Ident, TokenStream};
use syn::{Expr, ExprLit, Lit, spanned::Spanned as _};

use super::{
    CratePath, KeyArg, Parsed,
    duration::{Time, is_negative, time},
    options::{Vocabulary, is_option, split_known_options},
    parse::unreadable,
    value::{Value, ident, read_after_equals},
};
use crate::diag;

/// The options of one `#[leader(…)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct LeaderOptions {
    pub(crate) key: Parsed<KeyArg>,
    pub(crate) ttl: Parsed<Term>,
    pub(crate) grace: Parsed<Grace>,
    pub(crate) on_unavailable: Parsed<WhenUnavailable>,
    pub(crate) fence: Parsed<Fence>,
    #[darling(rename = "crate")]
    pub(crate) krate: Parsed<CratePath>,
}

/// `ttl = "30s"`
pub(crate) struct Term(pub(crate) Time);

/// `grace = "1 day"`
pub(crate) struct Grace(pub(crate) Time);

/// `on_unavailable = "run"`
pub(crate) enum WhenUnavailable {
    Skip,
    Run,
}

/// `fence = term`
pub(crate) struct Fence(pub(crate) Ident);

/// What other crates call these options, and what `#[cached]` does.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("name", "key"),
    ("lock", "key"),
    ("lease", "ttl"),
    ("timeout", "ttl"),
    ("expire", "ttl"),
    ("cooldown", "grace"),
    ("every", "grace"),
    ("interval", "grace"),
    ("unavailable", "on_unavailable"),
    ("token", "fence"),
];

impl Vocabulary for LeaderOptions {
    const KNOWN: &'static [&'static str] =
        &["key", "ttl", "grace", "on_unavailable", "fence", "crate"];
    const FIRST: (&'static str, &'static str) = ("key", "key = \"seed\"");

    fn unknown(name: &str, _: &NestedMeta) -> (String, Option<&'static str>) {
        let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
        let meant = other
            .map(|(_, ours)| *ours)
            .or_else(|| diag::nearest(&name.to_lowercase(), Self::KNOWN.iter().copied()));
        let message = match meant {
            Some(ours) => format!("there is no option `{name}`: did you mean `{ours}`?"),
            None if is_option(name) => format!(
                "`{name}` is an option of `#[cached]`; those of `#[leader]` are {}",
                diag::listed(Self::KNOWN)
            ),
            None => format!(
                "there is no option `{name}`; the options are {}",
                diag::listed(Self::KNOWN)
            ),
        };
        (message, meant)
    }
}

/// Reads one attribute, and says whether it has a key, readable or not. Mistakes go to `errors`.
pub(crate) fn read(
    attribute: TokenStream,
    errors: &mut Accumulator,
) -> Option<(LeaderOptions, bool)> {
    let items = NestedMeta::parse_meta_list(attribute).map_err(|error| unreadable(&error));
    let (items, written) = split_known_options::<LeaderOptions>(errors.handle(items)?, errors);
    let options = errors.handle(LeaderOptions::from_list(&items))?;
    Some((options, written.contains_key("key")))
}

impl Value for Term {
    const EXAMPLE: &'static str = "ttl = \"30s\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        match duration(value)? {
            Time::Exact(Duration::ZERO) => Err(diag::at(
                value.span(),
                "a leader needs time to renew the key, or it would be lost at once: write for example `ttl = \"30s\"`",
            )),
            ttl => Ok(Self(ttl)),
        }
    }
}

impl Value for Grace {
    const EXAMPLE: &'static str = "grace = \"1h\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        duration(value).map(Self)
    }
}

fn duration(value: &Expr) -> darling::Result<Time> {
    match value {
        Expr::Closure(closure) => Err(diag::at(
            closure.span(),
            "this is evaluated on each call and sees the arguments: write the duration without `|…|`",
        )),
        Expr::Lit(ExprLit { lit, .. }) if is_negative(lit) || is_negative_text(lit) => {
            Err(diag::at(lit.span(), "a duration cannot be negative"))
        }
        other => time(other),
    }
}

fn is_negative_text(lit: &Lit) -> bool {
    matches!(lit, Lit::Str(text) if text.value().trim().starts_with('-'))
}

impl Value for WhenUnavailable {
    const EXAMPLE: &'static str = "on_unavailable = \"run\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        let word = match value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(word),
                ..
            }) => word.value(),
            _ => String::new(),
        };
        match word.as_str() {
            "skip" => Ok(Self::Skip),
            "run" => Ok(Self::Run),
            _ => Err(diag::at(
                value.span(),
                "while the tier is away nobody can be elected: the body is skipped, `\"skip\"`, or runs in every process, `\"run\"`",
            )),
        }
    }
}

impl Value for Fence {
    const EXAMPLE: &'static str = "fence = fence";

    fn read(value: &Expr) -> darling::Result<Self> {
        ident(
            value,
            "`fence` is the name under which the body finds its number: `fence = fence`",
        )
        .map(Self)
    }
}

read_after_equals!(Term, Grace, WhenUnavailable, Fence);
