//! `#[invalidates(script(instrument), repo::spec(name), before, always)]`: what a writer has changed.
//!
//! The cached functions are found by their companions' names, so a function that is not cached, or an argument of the
//! wrong type, is the compiler's own error at the user's own word.

use darling::error::Accumulator;
use proc_macro2::{Ident, TokenStream};
use syn::{
    Expr, ExprCall, ExprLit, Lit, Path, Token,
    parse::{Parse, ParseStream, Parser as _},
    punctuated::Punctuated,
    spanned::Spanned as _,
    token,
};

use crate::{
    diag, idents,
    item::{Declared, Function},
};

/// What to invalidate, and when.
pub(crate) struct Writer {
    pub(crate) runtime: Path,
    pub(crate) targets: Vec<Target>,
    /// Also before the body runs.
    pub(crate) before: bool,
    /// Also when the body fails.
    pub(crate) always: bool,
}

/// One entry of a cached function: `repo::script(instrument)`.
pub(crate) struct Target {
    /// `repo::script_key`
    pub(crate) key: Path,
    /// `repo::script_cache`
    pub(crate) cache: Path,
    pub(crate) arguments: Vec<KeyArgument>,
    /// Around them.
    pub(crate) paren: token::Paren,
}

pub(crate) enum KeyArgument {
    /// As written.
    Written(Expr),
    /// An argument of the writer that its body moves: cloned for the key.
    Cloned(Ident),
}

/// One word of the attribute.
enum Word {
    Target(ExprCall),
    Before(Ident),
    Always(Ident),
    Runtime(Path),
    Other(Expr),
}

impl Parse for Word {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            return Path::parse_mod_style(input).map(Self::Runtime);
        }
        Ok(match input.parse()? {
            Expr::Call(call) => Self::Target(call),
            Expr::Path(path) if path.path.is_ident("before") => {
                Self::Before(idents::last(&path.path))
            }
            Expr::Path(path) if path.path.is_ident("always") => {
                Self::Always(idents::last(&path.path))
            }
            other => Self::Other(other),
        })
    }
}

/// Reads and checks one attribute.
pub(crate) fn plan(attribute: TokenStream, function: &Function) -> darling::Result<Writer> {
    let mut errors = darling::Error::accumulator();
    function.check_writer(&mut errors);
    let words = Punctuated::<Word, Token![,]>::parse_terminated.parse2(attribute);
    let mut writer = Writer {
        runtime: idents::runtime(),
        targets: Vec::new(),
        before: false,
        always: false,
    };
    for word in errors
        .handle(words.map_err(darling::Error::from))
        .unwrap_or_default()
    {
        read(word, function, &mut writer, &mut errors);
    }
    let errors = match errors.finish() {
        Err(errors) => return Err(errors),
        Ok(()) if writer.targets.is_empty() => diag::at(
            proc_macro2::Span::call_site(),
            "nothing to invalidate: name the cached functions and the keys, `#[invalidates(script(id))]`",
        ),
        Ok(()) => return Ok(writer),
    };
    Err(errors)
}

fn read(word: Word, function: &Function, writer: &mut Writer, errors: &mut Accumulator) {
    match word {
        Word::Target(call) => {
            if let Some(target) = errors.handle(target(call, function)) {
                writer.targets.push(target);
            }
        }
        Word::Before(word) => once(&word, &mut writer.before, errors),
        Word::Always(word) => once(&word, &mut writer.always, errors),
        Word::Runtime(path) => writer.runtime = path,
        Word::Other(Expr::Path(path)) => errors.push(diag::at(
            path.span(),
            format!("`{0}` needs the key to invalidate: `{0}(…)` with the arguments of its key", diag::code(&path)),
        )),
        Word::Other(other) => errors.push(diag::at(
            other.span(),
            "this names no cached function: write `script(id)`, `repo::script(id)`, `before` or `always`",
        )),
    }
}

fn once(word: &Ident, flag: &mut bool, errors: &mut Accumulator) {
    if std::mem::replace(flag, true) {
        errors.push(diag::at(
            word.span(),
            format!("`{word}` is written twice: keep one"),
        ));
    }
}

fn target(call: ExprCall, function: &Function) -> darling::Result<Target> {
    let path = match *call.func {
        Expr::Path(path) if path.qself.is_none() => path.path,
        other => {
            return Err(diag::at(
                other.span(),
                "the name of a cached function goes here: `script(id)` or `repo::script(id)`",
            ));
        }
    };
    if path.is_ident("tag")
        && call.args.iter().all(|arg| {
            matches!(
                arg,
                Expr::Lit(ExprLit {
                    lit: Lit::Str(_),
                    ..
                })
            )
        })
    {
        return Err(diag::at(
            path.span(),
            "`tag(…)` is not in this version of cached-attr: name the functions, `script(id)`",
        ));
    }
    Ok(Target {
        key: companion(&path, "key"),
        cache: companion(&path, "cache"),
        paren: call.paren_token,
        arguments: call
            .args
            .into_iter()
            .map(|argument| key_argument(argument, function))
            .collect(),
    })
}

/// `repo::script::<T>` → `repo::script_cache::<T>`
fn companion(path: &Path, role: &str) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.ident = idents::companion(&last.ident, None, role);
    }
    path
}

fn key_argument(argument: Expr, function: &Function) -> KeyArgument {
    let Expr::Path(path) = &argument else {
        return KeyArgument::Written(argument);
    };
    let owned = path.path.get_ident().and_then(|name| {
        let argument = function
            .arguments
            .iter()
            .find(|argument| argument.name == *name)?;
        let by_value = match &argument.declared {
            Declared::Typed(ty) => !matches!(**ty, syn::Type::Reference(_)),
            Declared::Bound => true,
            _ => false,
        };
        by_value.then(|| name.clone())
    });
    owned.map_or(KeyArgument::Written(argument), KeyArgument::Cloned)
}
