//! What makes two calls the same.

pub(super) mod coverage;
pub(super) mod part;
pub(super) mod scope;
pub(super) mod text;

use std::collections::BTreeSet;

use darling::error::Accumulator;
use proc_macro2::Ident;
use syn::{Expr, ExprPath, ExprReference, LitStr, Type, TypePath, spanned::Spanned as _};

use super::std_types;
use part::{KeyPartKind, NotAKey};
use scope::Scope;

use crate::{
    args::KeyArg,
    diag, free_names, idents,
    item::{Argument, Declared},
};

/// The key of one layer.
pub(crate) enum Key {
    /// A text without captures: one entry, and its name.
    Constant(LitStr),
    /// A text with captures.
    Text(TextTemplate),
    /// No part: one entry. One: that. More: a tuple.
    Parts(Vec<Part>),
}

/// A text with captures: of a key, or a tag.
pub(crate) struct TextTemplate {
    pub(crate) pieces: Vec<TextPiece>,
    /// What a capture's own text must not contain unescaped; empty where one capture is used to the letter.
    pub(crate) separators: String,
}

pub(crate) enum TextPiece {
    Literal(String),
    /// `self.region`, `:04`
    Capture {
        root: Ident,
        fields: Vec<syn::Member>,
        format: String,
    },
}

pub(crate) enum Part {
    Argument(Ident, KeyPartKind),
    /// Anything that is not a bare argument, with its type where that is evident.
    Expression(Expr, Option<Type>),
}

impl TextTemplate {
    /// The text, if it captures nothing.
    fn constant(&self) -> Option<String> {
        let literals = self.pieces.iter().map(|piece| match piece {
            TextPiece::Literal(literal) => Some(literal.as_str()),
            TextPiece::Capture { .. } => None,
        });
        literals.collect()
    }
}

impl Key {
    /// Is there only ever one entry?
    pub(crate) fn is_single(&self) -> bool {
        matches!(self, Self::Constant(_)) || matches!(self, Self::Parts(parts) if parts.is_empty())
    }

    /// Can the owned key be written as a type?
    pub(crate) fn is_named(&self) -> bool {
        match self {
            Self::Constant(_) | Self::Text(_) => true,
            Self::Parts(parts) => parts.iter().all(|part| match part {
                Part::Argument(_, kind) => kind.is_named(),
                Part::Expression(_, ty) => ty.is_some(),
            }),
        }
    }
}

/// A key and the arguments it names.
pub(crate) struct Lowered {
    pub(crate) key: Key,
    pub(crate) named: BTreeSet<String>,
}

/// The key as written.
pub(crate) fn written(
    key: &KeyArg,
    scope: &Scope<'_>,
    errors: &mut Accumulator,
) -> Option<Lowered> {
    match key {
        KeyArg::Text(text) => of_text(text, scope, errors),
        KeyArg::One(expr) => parts(std::slice::from_ref(expr), scope, errors),
        KeyArg::Tuple(elements) => parts(elements, scope, errors),
    }
}

/// `"spec:{name}"`
fn of_text(text: &LitStr, scope: &Scope<'_>, errors: &mut Accumulator) -> Option<Lowered> {
    let text::LoweredText { template, named } = text::lower(text, text::Role::Key, scope, errors)?;
    let key = match template.constant() {
        Some(constant) => Key::Constant(LitStr::new(&constant, text.span())),
        None => Key::Text(template),
    };
    Some(Lowered { key, named })
}

/// The default key: these arguments, compared as typed values.
pub(crate) fn of_arguments(arguments: &[&Argument], errors: &mut Accumulator) -> Option<Lowered> {
    let mut lowered = Some(Vec::new());
    for argument in arguments {
        match kind_of(argument) {
            Ok(kind) => {
                if let Some(parts) = &mut lowered {
                    parts.push(Part::Argument(argument.name.clone(), kind));
                }
            }
            Err(reason) => {
                errors.push(explain(&reason, argument, arguments));
                lowered = None;
            }
        }
    }
    let named = arguments
        .iter()
        .map(|argument| argument.name.to_string())
        .collect();
    lowered.map(|parts| Lowered {
        key: Key::Parts(parts),
        named,
    })
}

/// `(tenant, self.region)` → an argument and an expression
fn parts(elements: &[Expr], scope: &Scope<'_>, errors: &mut Accumulator) -> Option<Lowered> {
    let mut key = Some(Vec::new());
    let mut named = BTreeSet::new();
    for element in elements {
        match lower_part(element, scope) {
            Ok(part) => {
                match &part {
                    Part::Argument(name, _) => {
                        named.insert(name.to_string());
                    }
                    Part::Expression(expr, _) => named.extend(
                        free_names::values(expr)
                            .into_iter()
                            .map(|mention| mention.name),
                    ),
                }
                if let Some(parts) = &mut key {
                    parts.push(part);
                }
            }
            Err(error) => {
                errors.push(error);
                key = None;
            }
        }
    }
    key.map(|parts| Lowered {
        key: Key::Parts(parts),
        named,
    })
}

fn lower_part(element: &Expr, scope: &Scope<'_>) -> darling::Result<Part> {
    let Some(name) = bare_name(element) else {
        return Ok(Part::Expression(element.clone(), evident_type(element)));
    };
    match scope.argument(&name.to_string()) {
        Some(argument) => match kind_of(argument) {
            Ok(kind) => {
                // Named here as well as declared there: editors find both.
                let mut named = argument.name.clone();
                named.set_span(argument.name.span().located_at(name.span()));
                Ok(Part::Argument(named, kind))
            }
            Err(reason) => Err(explain(&reason, argument, &[argument])),
        },
        None if is_constant(&name.to_string()) => Ok(Part::Expression(element.clone(), None)),
        None => Err(unknown_argument(&name.to_string(), name.span(), scope)),
    }
}

/// `format!("…")` → `String`, `page as u32` → `u32`
fn evident_type(expression: &Expr) -> Option<Type> {
    match expression {
        Expr::Cast(cast) if std_types::owns_itself(&cast.ty) => Some((*cast.ty).clone()),
        Expr::Macro(call) if call.mac.path.is_ident("format") => Some(std_types::string()),
        Expr::MethodCall(call) if call.method == "to_string" && call.args.is_empty() => {
            Some(std_types::string())
        }
        Expr::Paren(inner) => evident_type(&inner.expr),
        Expr::Group(inner) => evident_type(&inner.expr),
        _ => None,
    }
}

/// `id`, `&id`
fn bare_name(element: &Expr) -> Option<Ident> {
    match element {
        Expr::Path(ExprPath {
            qself: None, path, ..
        }) => path.get_ident().cloned(),
        Expr::Reference(ExprReference {
            mutability: None,
            expr,
            ..
        }) => bare_name(expr),
        Expr::Paren(inner) => bare_name(&inner.expr),
        Expr::Group(inner) => bare_name(&inner.expr),
        _ => None,
    }
}

/// `VERSION` is not an argument, but a fine part of a key.
pub(super) fn is_constant(name: &str) -> bool {
    name.chars()
        .all(|char| char.is_uppercase() || char.is_numeric() || char == '_')
}

pub(super) fn unknown_argument(
    name: &str,
    at: proc_macro2::Span,
    scope: &Scope<'_>,
) -> darling::Error {
    let known: Vec<String> = scope
        .names
        .iter()
        .map(|argument| argument.name.to_string())
        .collect();
    let hint = match diag::nearest(name, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "it takes none".to_owned(),
        None => format!("its arguments are {}", diag::listed(&known)),
    };
    diag::at(
        at,
        format!(
            "`{}` has no argument `{name}`: {hint}",
            scope.function.name()
        ),
    )
}

fn kind_of(argument: &Argument) -> Result<KeyPartKind, NotAKey> {
    match &argument.declared {
        Declared::Typed(ty) => part::of(ty),
        Declared::SelfReference => Ok(KeyPartKind::Borrowed(own_type(argument))),
        Declared::SelfValue => Ok(KeyPartKind::Value(own_type(argument))),
        Declared::Bound => Ok(KeyPartKind::Inferred(false)),
        Declared::SelfMutable => Err(NotAKey::Mutable),
    }
}

/// `Self`, where `self` stands.
fn own_type(receiver: &Argument) -> Type {
    let mut own = idents::self_type();
    own.set_span(own.span().located_at(receiver.name.span()));
    Type::Path(TypePath {
        attrs: Vec::new(),
        qself: None,
        path: own.into(),
    })
}

/// Why `argument` cannot be in a key, and what to write, `among` the arguments that are to be in it.
fn explain(reason: &NotAKey, argument: &Argument, among: &[&Argument]) -> darling::Error {
    let name = &argument.name;
    let at = match &argument.declared {
        Declared::Typed(ty) => ty.span(),
        _ => name.span(),
    };
    let as_text = as_text(among);
    let is = match &argument.declared {
        Declared::Typed(ty) if !part::is_float(ty) => "holds",
        _ => "is",
    };
    let message = match reason {
        NotAKey::Float => format!(
            "`{name}` {is} a floating point number, which has no exact equality and so cannot be part of a key as it is: \
             say how many digits count, `key = \"{as_text}\"`"
        ),
        NotAKey::Mutable => format!(
            "`{name}` is borrowed mutably and cannot be part of a key: leave it out, `skip({name})`, or take it as `&`"
        ),
        NotAKey::Borrows(ty) => format!(
            "a key owns what it holds, and `{ty}` borrows: write `{name}`'s text into the key, `key = \"{as_text}\"`, \
             or name the part of it that counts, `key = ({name}.…)`"
        ),
        NotAKey::Object => format!(
            "`{name}` is a trait object, which cannot be compared: leave it out, `skip({name})`, or name what counts, \
             `key = \"{{{name}.…}}\"`"
        ),
    };
    diag::at(at, message)
}

/// `{lat:.3}:{name}`
fn as_text(among: &[&Argument]) -> String {
    let captures = among.iter().map(|argument| match &argument.declared {
        Declared::Typed(ty) if part::is_float(ty) => format!("{{{}:.3}}", argument.name),
        // `Option<f64>` and the like show their digits only to `Debug`.
        Declared::Typed(ty) if matches!(part::of(ty), Err(NotAKey::Float)) => {
            format!("{{{}:.3?}}", argument.name)
        }
        _ => format!("{{{}}}", argument.name),
    });
    captures.collect::<Vec<_>>().join(":")
}
