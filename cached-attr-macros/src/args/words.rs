//! Options that are names, texts and switches.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::{Expr, ExprLit, Lit, Meta, Path, Token, punctuated::Punctuated, spanned::Spanned as _};

use super::value::{Value, bare, ident, read_after_equals};
use crate::diag;

/// `skip(db, user)`
pub(crate) struct Skip(pub(crate) Vec<Ident>);

/// `name = "repo::script"`
pub(crate) struct CacheName(pub(crate) String);

/// `ttl_env = "SCRIPT_TTL"`
pub(crate) struct EnvName(pub(crate) String);

/// `handle = false`
pub(crate) struct Handle(pub(crate) bool);

/// `shared`
pub(crate) struct Shared;

/// `crate = my::renamed`
pub(crate) struct CratePath(pub(crate) Path);

/// `context = load`
pub(crate) struct ContextName(pub(crate) Ident);

/// `batch = ids`
pub(crate) struct BatchArgument(pub(crate) Ident);

impl darling::FromMeta for Skip {
    /// Read as expressions, so that the message for `skip(user.id)` is ours and not the parser's.
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        match item {
            Meta::List(list) => {
                let parts =
                    list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)?;
                let mut errors = darling::Error::accumulator();
                let names = parts
                    .iter()
                    .filter_map(|part| errors.handle(name(part)))
                    .collect::<Vec<_>>();
                if parts.is_empty() {
                    errors.push(diag::at(
                        list.path.span(),
                        "`skip()` names nothing: write the arguments, `skip(db)`, or leave it out",
                    ));
                }
                errors.finish_with(Self(names))
            }
            Meta::NameValue(pair) => {
                let names = pair.value.to_token_stream().to_string();
                let names = names.trim_matches(['(', ')', '[', ']', '"']);
                Err(diag::at(
                    pair.value.span(),
                    format!("`skip` is written with parentheses: `skip({names})`"),
                ))
            }
            Meta::Path(path) => Err(diag::at(
                path.span(),
                "`skip` needs the names of arguments: `skip(db)`",
            )),
        }
    }
}

impl darling::FromMeta for Shared {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        match item {
            Meta::Path(_) => Ok(Self),
            other => Err(diag::at(
                other.span(),
                "`shared` is a word of its own: write `shared`, or leave it out",
            )),
        }
    }
}

fn name(part: &Expr) -> darling::Result<Ident> {
    let ident = match bare(part) {
        Expr::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    };
    ident.ok_or_else(|| {
        let message = match part {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                format!("`skip` takes names without quotes: `skip({})`", text.value())
            }
            _ => "`skip` takes whole arguments: to leave out a part of one, put its other parts into `key`".to_owned(),
        };
        diag::at(part.span(), message)
    })
}

fn text(value: &Expr, what: &str) -> darling::Result<String> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if !text.value().trim().is_empty() => Ok(text.value()),
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Err(diag::at(text.span(), format!("{what} cannot be empty"))),
        other => Err(diag::at(
            other.span(),
            format!("{what} is a text in quotes"),
        )),
    }
}

impl Value for CacheName {
    const EXAMPLE: &'static str = "name = \"script\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        text(value, "a cache's name").map(Self)
    }
}

impl Value for EnvName {
    const EXAMPLE: &'static str = "ttl_env = \"SCRIPT_TTL\"";

    fn read(value: &Expr) -> darling::Result<Self> {
        let name = text(value, "the name of an environment variable")?;
        if name.contains(['=', '\0']) || name.contains(char::is_whitespace) {
            return Err(diag::at(
                value.span(),
                "this is the variable's name, not its value: `ttl_env = \"SCRIPT_TTL\"`",
            ));
        }
        Ok(Self(name))
    }
}

impl Value for Handle {
    const EXAMPLE: &'static str = "handle = false";

    fn read(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Lit(ExprLit {
                lit: Lit::Bool(on), ..
            }) => Ok(Self(on.value)),
            other => Err(diag::at(other.span(), "`handle` is `true` or `false`")),
        }
    }
}

impl Value for ContextName {
    const EXAMPLE: &'static str = "context = load";

    fn read(value: &Expr) -> darling::Result<Self> {
        ident(value, "`context` is a name for the body to use: `context = load` binds `load: LoadContext<…>`").map(Self)
    }
}

impl Value for BatchArgument {
    const EXAMPLE: &'static str = "batch = ids";

    fn read(value: &Expr) -> darling::Result<Self> {
        ident(
            value,
            "`batch` names the argument that holds the items: `batch = ids` for `ids: Vec<Id>`",
        )
        .map(Self)
    }
}

impl Value for CratePath {
    const EXAMPLE: &'static str = "crate = my_crate::cached_attr";

    fn read(value: &Expr) -> darling::Result<Self> {
        match value {
            Expr::Path(path) if path.qself.is_none() => Ok(Self(path.path.clone())),
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Err(diag::at(
                text.span(),
                format!(
                    "`crate` is a path, not text: write `crate = {}`",
                    text.value()
                ),
            )),
            other => Err(diag::at(
                other.span(),
                "`crate` is the path where `cached_attr` is found: `crate = my::renamed`",
            )),
        }
    }
}

read_after_equals!(
    BatchArgument,
    CacheName,
    ContextName,
    EnvName,
    Handle,
    CratePath
);
