//! The rule no other crate keeps: every argument is in the key or left out on purpose.
//!
//! An argument that is forgotten is how one tenant sees another's data, so forgetting one does not compile.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use proc_macro2::Ident;
use syn::Expr;

use super::{Lowered, of_arguments, scope::Scope, unknown_argument, written};
use crate::{
    args::{Code, KeyArg, Skip},
    diag,
    item::Argument,
};

/// The three options that decide the key. `Err(())`: the option is there and wrong, which is reported already.
pub(crate) struct WrittenKey<'a> {
    pub(crate) key: Result<Option<&'a KeyArg>, ()>,
    pub(crate) skip: Result<Option<&'a Skip>, ()>,
    pub(crate) cache: Result<Option<&'a Code>, ()>,
}

/// The key, with every argument accounted for.
pub(crate) fn key(
    scope: &Scope<'_>,
    options: &WrittenKey<'_>,
    errors: &mut Accumulator,
) -> Option<Lowered> {
    let skipped = match options.skip {
        Ok(Some(names)) => check_skip(names, scope, errors),
        Ok(None) => BTreeSet::new(),
        Err(()) => return None,
    };
    let holders = match options.cache {
        Ok(Some(cache)) => holder(&cache.0).into_iter().collect(),
        Ok(None) => BTreeSet::new(),
        Err(()) => return None,
    };
    let left_out = |argument: &Argument| {
        let name = argument.name.to_string();
        skipped.contains(&name) || holders.contains(&name)
    };
    match options.key.ok()? {
        None => {
            let arguments: Vec<&Argument> = scope
                .required()
                .filter(|argument| !left_out(argument))
                .collect();
            check_receiver(&arguments, errors)?;
            of_arguments(&arguments, errors)
        }
        Some(key) => {
            let lowered = written(key, scope, errors)?;
            check_not_both(options, &lowered, errors);
            for argument in scope.required().filter(|argument| !left_out(argument)) {
                if !lowered.named.contains(&argument.name.to_string()) {
                    errors.push(forgotten(argument, key, &skipped));
                }
            }
            Some(lowered)
        }
    }
}

/// `skip(a, b)`: each is an argument, once.
fn check_skip(names: &Skip, scope: &Scope<'_>, errors: &mut Accumulator) -> BTreeSet<String> {
    let mut skipped = BTreeSet::new();
    for name in &names.0 {
        let word = name.to_string();
        if scope.argument(&word).is_none() {
            errors.push(unknown_argument(&word, name.span(), scope));
        } else if !skipped.insert(word) {
            errors.push(diag::at(
                name.span(),
                format!("`{name}` is skipped twice: keep one"),
            ));
        }
    }
    skipped
}

/// `key = id, skip(id)` is a contradiction.
fn check_not_both(options: &WrittenKey<'_>, lowered: &Lowered, errors: &mut Accumulator) {
    let Ok(Some(names)) = options.skip else {
        return;
    };
    for name in names
        .0
        .iter()
        .filter(|name| lowered.named.contains(&name.to_string()))
    {
        errors.push(diag::at(
            name.span(),
            format!("`{name}` is in the key and skipped: take it out of one of them"),
        ));
    }
}

/// `self.scripts` is a cache of this `self`: another `self` has another cache, so `self` is accounted for.
fn holder(cache: &Expr) -> Option<String> {
    match cache {
        Expr::Field(field) => holder(&field.base).or_else(|| match &*field.base {
            Expr::Path(path) => path.path.get_ident().map(Ident::to_string),
            _ => None,
        }),
        Expr::Reference(reference) => holder(&reference.expr),
        Expr::Paren(inner) => holder(&inner.expr),
        Expr::Group(inner) => holder(&inner.expr),
        _ => None,
    }
}

/// The default key cannot hold `self`: no cache should decide by itself what of an object counts.
fn check_receiver(arguments: &[&Argument], errors: &mut Accumulator) -> Option<()> {
    let Some(receiver) = arguments.iter().find(|argument| argument.is_self()) else {
        return Some(());
    };
    let others = arguments.iter().filter(|argument| !argument.is_self());
    let captures: Vec<String> = ["{self.id}".to_owned()]
        .into_iter()
        .chain(others.map(|argument| format!("{{{}}}", argument.name)))
        .collect();
    let key = captures.join(":");
    errors.push(diag::at(
        receiver.name.span(),
        format!(
            "`self` is an argument too, and it is neither in the key nor skipped: `skip(self)` if every `self` gives the \
             same answer, a key that names what differs, `key = \"{key}\"`, or a cache for each, \
             `cache = self.cache`"
        ),
    ));
    None
}

fn forgotten(argument: &Argument, key: &KeyArg, skipped: &BTreeSet<String>) -> darling::Error {
    let name = &argument.name;
    let part = if argument.is_self() {
        "self.id".to_owned()
    } else {
        name.to_string()
    };
    let with = match key {
        KeyArg::Text(text) => format!("key = \"{}:{{{part}}}\"", text.value()),
        KeyArg::One(one) => format!("key = ({}, {part})", diag::code(one)),
        KeyArg::Tuple(parts) => {
            let parts: Vec<String> = parts.iter().map(diag::code).chain([part]).collect();
            match parts.as_slice() {
                [only] => format!("key = {only}"),
                several => format!("key = ({})", several.join(", ")),
            }
        }
    };
    let without: Vec<String> = skipped.iter().cloned().chain([name.to_string()]).collect();
    diag::at(
        name.span(),
        format!(
            "`{name}` is neither in the key nor skipped, so calls that differ only in `{name}` would share one answer: \
             add it, `{with}`, or leave it out on purpose, `skip({})`",
            without.join(", ")
        ),
    )
}
