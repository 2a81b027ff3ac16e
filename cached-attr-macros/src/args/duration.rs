//! Durations: `"1h 30m"`, whole seconds, or an expression; and the further forms of `ttl`.

use std::time::Duration;

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::{Expr, ExprClosure, ExprLit, ExprUnary, Lit, UnOp, spanned::Spanned as _};

use super::value::{Value, read_after_equals};
use crate::diag;

/// A duration that is known now, or an expression that is evaluated when the cache is first used.
#[derive(Clone)]
pub(crate) enum Time {
    Exact(Duration),
    Computed(Expr),
}

/// `ttl = …`
pub(crate) enum Ttl {
    Fixed(Time),
    Never,
    /// `|value| …`
    By(ExprClosure),
}

/// Any other duration option.
pub(crate) struct Lifetime(pub(crate) Time);

/// How long something may take: `timeout`, `soft_timeout`.
pub(crate) struct Limit(pub(crate) Time);

/// A duration after `ttl`, which may have no end: `stale_if_error = never`.
pub(crate) struct Window(pub(crate) Time);

impl Value for Ttl {
    const EXAMPLE: &'static str = "ttl = \"30s\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Closure(closure) => Ok(Self::By(closure.clone())),
            Expr::Path(path) if path.path.is_ident("never") => Ok(Self::Never),
            other => time(other).map(Self::Fixed),
        }
    }
}

impl Value for Lifetime {
    const EXAMPLE: &'static str = "… = \"30s\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Closure(closure) => Err(diag::at(
                closure.span(),
                "only `ttl` may depend on the value: write a duration, such as \"30s\"",
            )),
            other => time(other).map(Self),
        }
    }
}

impl Value for Window {
    const EXAMPLE: &'static str = "… = \"1h\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Path(path) if path.path.is_ident("never") => Ok(Self(Time::Exact(Duration::MAX))),
            other => Lifetime::read(other).map(|Lifetime(time)| Self(time)),
        }
    }
}

impl Value for Limit {
    const EXAMPLE: &'static str = "… = \"2s\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        let Lifetime(time) = Lifetime::read(value)?;
        if let Time::Exact(Duration::ZERO) = time {
            return Err(diag::at(
                value.span(),
                "a limit of zero would end every load: write how long one may take, such as \"2s\", or leave the option out \
                 for no limit",
            ));
        }
        Ok(Self(time))
    }
}

read_after_equals!(Ttl, Lifetime, Limit, Window);

pub(super) fn time(value: &Expr) -> darling::Result<Time> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) if is_negative(lit) => Err(negative(lit.span())),
        Expr::Lit(ExprLit { lit, .. }) => literal(lit).map(Time::Exact),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(minus),
            ..
        }) => Err(negative(minus.span)),
        other => Ok(Time::Computed(other.clone())),
    }
}

/// `-1`, which reads as one literal.
pub(super) fn is_negative(lit: &Lit) -> bool {
    matches!(lit, Lit::Int(_) | Lit::Float(_)) && lit.to_token_stream().to_string().starts_with('-')
}

fn negative(at: Span) -> darling::Error {
    diag::at(
        at,
        format!("a duration cannot be negative: {INSTEAD_OF_NEGATIVE}"),
    )
}

const INSTEAD_OF_NEGATIVE: &str =
    "`ttl = 0` switches the cache off, and `ttl = never` is for answers that do not expire";

fn literal(lit: &Lit) -> darling::Result<Duration> {
    match lit {
        Lit::Str(text) => parse(&text.value()).map_err(|problem| diag::at(text.span(), problem)),
        Lit::Int(seconds) if seconds.suffix().is_empty() => seconds
            .base10_parse()
            .map(Duration::from_secs)
            .map_err(darling::Error::from),
        Lit::Int(_) | Lit::Float(_) => {
            let written = lit.to_token_stream().to_string();
            let whole = written
                .chars()
                .all(|char| char.is_ascii_digit() || char == '.');
            let meant = if whole {
                format!("{written}s")
            } else {
                written
            };
            Err(diag::at(
                lit.span(),
                format!("a duration with a unit or a fraction is a text: write \"{meant}\""),
            ))
        }
        other => Err(diag::at(
            other.span(),
            "a duration is a text such as \"30s\" or \"1h 30m\", or whole seconds",
        )),
    }
}

const EXAMPLES: &str = "Write for example \"30s\", \"5m\", \"1h 30m\", \"250ms\" or \"2 days\"";

/// humantime's units; a bare number is seconds, as it is in `ttl_env`.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let trimmed = text.trim();
    if let Ok(seconds) = trimmed.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    if trimmed.starts_with('-') {
        return Err(format!(
            "`{text}`: a duration cannot be negative: {INSTEAD_OF_NEGATIVE}"
        ));
    }
    if trimmed.is_empty() {
        return Err(format!("a duration cannot be empty. {EXAMPLES}"));
    }
    if trimmed.contains("::") || trimmed.contains('(') {
        return Err(format!(
            "`{text}` is code, not a duration text: write it without the quotes"
        ));
    }
    humantime::parse_duration(trimmed).map_err(|problem| {
        let problem = match problem {
            humantime::DurationError::UnknownUnit { unit, .. } if !unit.is_empty() => {
                format!("`{unit}` is not a unit of time")
            }
            humantime::DurationError::NumberOverflow => "the number is too large".to_owned(),
            humantime::DurationError::NumberExpected(_) => "each unit needs a number".to_owned(),
            other => other.to_string(),
        };
        format!("`{text}` is not a duration: {problem}. {EXAMPLES}")
    })
}
