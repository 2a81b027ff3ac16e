//! Options that are numbers: counts such as `capacity`, and parts of a ttl.

use syn::{Expr, ExprLit, Lit, spanned::Spanned as _};

use super::{
    duration::{Time, is_negative, parse, time},
    value::{Value, read_after_equals},
};
use crate::diag;

/// `capacity = 500`
#[derive(Clone)]
pub(crate) enum Capacity {
    Exact(u64),
    Computed(Expr),
}

/// `jitter = "10%"` or `jitter = "5s"`
#[derive(Clone)]
pub(crate) enum Jitter {
    /// More than 0, at most 1.
    Ratio(f64),
    Time(Time),
}

/// `refresh_ahead = 0.8`
#[derive(Clone)]
pub(crate) struct Part(pub(crate) f64);

/// `max_background = 16`
#[derive(Clone)]
pub(crate) struct MaxBackground(pub(crate) Capacity);

/// `max_batch = 100`
#[derive(Clone)]
pub(crate) struct MaxBatch(pub(crate) Capacity);

impl Value for Part {
    const EXAMPLE: &'static str = "refresh_ahead = 0.8";

    fn read(value: &Expr) -> darling::Result<Self> {
        const EXPECTED: &str = "a part of the ttl, above 0 and below 1: `refresh_ahead = 0.8` begins a load in the background \
                                when an answer has lived four fifths of its ttl";
        let part = match value {
            Expr::Lit(ExprLit {
                lit: Lit::Float(number),
                ..
            }) if number.suffix().is_empty() => number.base10_parse().ok(),
            _ => None,
        };
        match part {
            Some(part) if part > 0.0 && part < 1.0 => Ok(Self(part)),
            _ => Err(diag::at(value.span(), EXPECTED)),
        }
    }
}

impl Value for MaxBackground {
    const EXAMPLE: &'static str = "max_background = 64";

    fn read(value: &Expr) -> darling::Result<Self> {
        at_least_one(
            value,
            "`max_background` is how many loads may run in the background at once, at least one: `max_background = 64`",
        )
        .map(Self)
    }
}

impl Value for MaxBatch {
    const EXAMPLE: &'static str = "max_batch = 100";

    fn read(value: &Expr) -> darling::Result<Self> {
        at_least_one(
            value,
            "`max_batch` is how many items a load is given at most, at least one: `max_batch = 100`",
        )
        .map(Self)
    }
}

fn at_least_one(value: &Expr, expected: &str) -> darling::Result<Capacity> {
    let Expr::Lit(ExprLit { lit, .. }) = value else {
        return Ok(Capacity::Computed(value.clone()));
    };
    match lit {
        Lit::Int(number)
            if matches!(number.suffix(), "" | "u64" | "usize")
                && !is_negative(lit)
                && number.base10_digits() != "0" =>
        {
            Ok(Capacity::Exact(number.base10_parse()?))
        }
        other => Err(diag::at(other.span(), expected)),
    }
}

impl Value for Capacity {
    const EXAMPLE: &'static str = "capacity = 10_000";

    fn read(value: &Expr) -> darling::Result<Self> {
        let Expr::Lit(ExprLit { lit, .. }) = value else {
            return Ok(Self::Computed(value.clone()));
        };
        match lit {
            Lit::Int(number) if matches!(number.suffix(), "" | "u64") && !is_negative(lit) => {
                match number.base10_parse()? {
                    0 => Err(diag::at(
                        number.span(),
                        "a capacity of 0 keeps nothing: to switch the cache off, write `ttl = 0`",
                    )),
                    capacity => Ok(Self::Exact(capacity)),
                }
            }
            other => Err(diag::at(
                other.span(),
                "`capacity` is the most entries to hold, an integer: `capacity = 10_000`",
            )),
        }
    }
}

impl Value for Jitter {
    const EXAMPLE: &'static str = "jitter = \"10%\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        let text = match value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => text,
            Expr::Lit(ExprLit {
                lit: lit @ Lit::Float(_),
                ..
            }) if !is_negative(lit) => {
                return Err(diag::at(
                    lit.span(),
                    "a part of the ttl is a percentage in quotes: `jitter = \"10%\"`",
                ));
            }
            other => return time(other).map(Self::Time),
        };
        let written = text.value();
        match written.trim().strip_suffix('%') {
            Some(percent) => ratio(percent).map(Self::Ratio),
            None => parse(&written).map(|exact| Self::Time(Time::Exact(exact))),
        }
        .map_err(|problem| diag::at(text.span(), problem))
    }
}

read_after_equals!(Capacity, Jitter, MaxBackground, MaxBatch, Part);

/// `"10"` → 0.1
fn ratio(percent: &str) -> Result<f64, String> {
    match percent.trim().parse::<f64>() {
        Ok(percent) if percent > 100.0 => {
            Err("jitter shortens an entry's life by a part of it: at most \"100%\"".to_owned())
        }
        Ok(percent) if percent > 0.0 => Ok(percent / 100.0),
        Ok(_) => Err("jitter is a part of the ttl above zero, such as \"10%\"; leave the option out for none".to_owned()),
        Err(_) => Err(format!("`{percent}%` is not a percentage: write for example \"10%\"")),
    }
}
