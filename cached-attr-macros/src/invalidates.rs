//! `#[invalidates(script(instrument), settings[id], list(..), before, always)]`: what a writer has changed.
//!
//! The cached functions are found by their companions' names, so a function that is not cached, or an argument of the
//! wrong type, is the compiler's own error at the user's own word.

use darling::error::Accumulator;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{
    Expr, ExprAssign, ExprCall, ExprIndex, ExprLit, ExprRange, Lit, Path, Token,
    parse::{Parse, ParseStream, Parser as _},
    punctuated::Punctuated,
    spanned::Spanned as _,
    token,
};

use crate::{
    args, diag, idents,
    item::{Declared, Function},
    plan::{self, Scope, TextTemplate},
};

/// What to invalidate, and when.
pub(crate) struct Writer {
    pub(crate) runtime: Path,
    pub(crate) targets: Vec<Target>,
    pub(crate) tags: Vec<TextTemplate>,
    /// Also before the body runs.
    pub(crate) before: bool,
    /// Also when the body fails.
    pub(crate) always: bool,
}

/// What of one cache is invalidated.
pub(crate) struct Target {
    pub(crate) cache: TargetCache,
    pub(crate) key: TargetKey,
}

/// Where the entries are.
pub(crate) enum TargetCache {
    /// `repo::script_cache`
    Companion(Path),
    /// `self.by_id`
    Field(Expr),
}

pub(crate) enum TargetKey {
    /// `list(..)`
    All,
    /// `script(instrument)`: what `script_key` makes of these.
    Of {
        companion: Path,
        arguments: Vec<KeyArgument>,
        paren: token::Paren,
    },
    /// `settings[id]`: these values, the parts of the key.
    Value(Vec<Expr>),
}

pub(crate) enum KeyArgument {
    /// As written.
    Written(Expr),
    /// An argument of the writer that its body moves: cloned for the key.
    Cloned(Ident),
}

/// One word of the attribute.
enum Word {
    Call(ExprCall),
    Index(ExprIndex),
    Before(Ident),
    Always(Ident),
    Runtime(Path),
    Other(Expr),
}

/// The words of one attribute.
#[derive(Default)]
struct Words {
    runtime: Option<Path>,
    targets: Vec<Target>,
    tags: Vec<TextTemplate>,
    before: bool,
    always: bool,
}

impl Parse for Word {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            return Path::parse_mod_style(input).map(Self::Runtime);
        }
        Ok(match input.parse()? {
            Expr::Call(call) => Self::Call(call),
            Expr::Index(index) => Self::Index(index),
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
    let mut found = Words::default();
    for word in errors
        .handle(words.map_err(darling::Error::from))
        .unwrap_or_default()
    {
        read(word, function, &mut found, &mut errors);
    }
    let runtime = match found.runtime {
        Some(path) => Ok(path),
        None => plan::default_runtime(Span::call_site()),
    };
    let runtime = errors.handle(runtime);
    errors.finish()?;
    match runtime {
        Some(runtime) if !(found.targets.is_empty() && found.tags.is_empty()) => Ok(Writer {
            runtime,
            targets: found.targets,
            tags: found.tags,
            before: found.before,
            always: found.always,
        }),
        _ => Err(diag::at(
            Span::call_site(),
            "nothing to invalidate: name the cached functions and the keys, `#[invalidates(script(id))]`",
        )),
    }
}

fn read(word: Word, function: &Function, words: &mut Words, errors: &mut Accumulator) {
    match word {
        Word::Call(call) if is_tag(&call) => {
            words.tags.extend(tag(&call, function, errors));
        }
        Word::Call(call) => words
            .targets
            .extend(errors.handle(call_target(call, function))),
        Word::Index(index) => words.targets.extend(errors.handle(index_target(index))),
        Word::Before(word) => once(&word, &mut words.before, errors),
        Word::Always(word) => once(&word, &mut words.always, errors),
        Word::Runtime(path) => words.runtime = Some(path),
        Word::Other(Expr::Path(path)) => errors.push(diag::at(
            path.span(),
            format!(
                "`{0}` needs the key to invalidate: `{0}(…)` with the arguments of its key, `{0}[…]` with the key itself, or \
                 `{0}(..)` for all of it",
                diag::code(&path)
            ),
        )),
        Word::Other(other) => errors.push(not_a_target(&other)),
    }
}

/// `ttl = "1m"`, `tag = "…"`, `self.price(id)` and the like.
fn not_a_target(written: &Expr) -> darling::Error {
    let message = match written {
        Expr::Assign(ExprAssign { left, right, .. }) => named_option(&diag::code(left), right),
        Expr::MethodCall(call) if diag::code(&call.receiver) == "self" => Some(format!(
            "a method is named by its type: write `Self::{}({})`",
            call.method,
            diag::code(&call.args)
        )),
        _ => None,
    };
    let message = message.unwrap_or_else(|| {
        "this does not name a cached function: write `script(id)`, `settings[id]`, `list(..)`, `self.by_id[id]`, `tag(\"…\")`, \
         `before` or `always`"
            .to_owned()
    });
    diag::at(written.span(), message)
}

fn named_option(name: &str, value: &Expr) -> Option<String> {
    match name {
        "before" | "always" => Some(format!(
            "`{name}` is a word of its own: write `{name}`, or leave it out"
        )),
        "tag" | "tags" => {
            let text = match value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value(),
                _ => "…".to_owned(),
            };
            Some(format!("a tag is written in parentheses: `tag(\"{text}\")`"))
        }
        _ => args::is_option(name).then(|| {
            format!("`{name}` is an option of `#[cached]`: write it at the function whose answers are cached")
        }),
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

/// `script(instrument)`, `list(..)`
fn call_target(call: ExprCall, function: &Function) -> darling::Result<Target> {
    let path = match *call.func {
        Expr::Path(path) if path.qself.is_none() => path.path,
        other => {
            return Err(diag::at(
                other.span(),
                "the name of a cached function goes here: `script(id)` or `repo::script(id)`",
            ));
        }
    };
    let key = match call.args.first() {
        Some(only) if call.args.len() == 1 && is_all(only) => TargetKey::All,
        _ => TargetKey::Of {
            companion: companion(&path, "key"),
            paren: call.paren_token,
            arguments: call
                .args
                .into_iter()
                .map(|argument| key_argument(argument, function))
                .collect(),
        },
    };
    Ok(Target {
        cache: TargetCache::Companion(companion(&path, "cache")),
        key,
    })
}

/// `settings[id]`, `self.by_id[id]`
fn index_target(index: ExprIndex) -> darling::Result<Target> {
    let cache = match *index.expr {
        Expr::Path(path) if path.qself.is_none() => {
            TargetCache::Companion(companion(&path.path, "cache"))
        }
        field @ Expr::Field(_) => TargetCache::Field(field),
        other => {
            return Err(diag::at(
                other.span(),
                "a cached function or a cache in a field goes here: `settings[id]` or `self.by_id[id]`",
            ));
        }
    };
    let key = match *index.index {
        all if is_all(&all) => TargetKey::All,
        Expr::Tuple(tuple) => TargetKey::Value(tuple.elems.into_iter().collect()),
        one => TargetKey::Value(vec![one]),
    };
    Ok(Target { cache, key })
}

/// `..`
fn is_all(argument: &Expr) -> bool {
    matches!(
        argument,
        Expr::Range(ExprRange {
            start: None,
            end: None,
            ..
        })
    )
}

/// `tag(…)`. A cached function of that name is reached by a longer path, `self::tag(id)`.
fn is_tag(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(path) if path.path.is_ident("tag"))
}

/// `tag("tenant:{tenant}")`
fn tag(call: &ExprCall, function: &Function, errors: &mut Accumulator) -> Option<TextTemplate> {
    let mut arguments = call.args.iter();
    let (Some(only), None) = (arguments.next(), arguments.next()) else {
        errors.push(diag::at(
            call.func.span(),
            "`tag` takes one text: `tag(\"tenant:{tenant}\")`, and is written once for each tag",
        ));
        return None;
    };
    let text = errors.handle(args::tag_text(only))?;
    plan::tags::one(&text, &Scope::of_function(function), errors)
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
