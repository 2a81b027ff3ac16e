//! `batch = ARG`: the argument holds items, each of which is a key of its own.

use darling::error::Accumulator;
use proc_macro2::Ident;
use syn::{FnArg, GenericArgument, Pat, PathArguments, Type, TypePath, spanned::Spanned as _};

use super::{Value, value};
use crate::{
    args::{Attribute, BatchArgument, Capacity, MaxBatch, Skip},
    diag,
    item::{Declared, Function, Origin},
};

/// A layer whose load serves several keys.
pub(crate) struct Batch {
    /// The argument that holds the items.
    pub(crate) argument: Ident,
    /// Its type.
    pub(crate) items: Type,
    /// The type of one.
    pub(crate) item: Type,
    /// How many a body is given at most.
    pub(crate) most: Option<Capacity>,
}

/// The layer, and the function as it would be for one item.
pub(super) fn of(
    function: &Function,
    attribute: &Attribute,
    errors: &mut Accumulator,
) -> Option<(Batch, Function)> {
    let options = &attribute.options;
    let most = diag::report_or_value(options.max_batch.as_ref(), errors);
    let name = diag::report_or_value(options.batch.as_ref(), errors);
    let BatchArgument(name) = name.ok()??;
    let read = read(function, name);
    let (parameter, items, item) = errors.handle(read)?;
    check_mutable(function, errors);
    if let Some(Ok(Skip(skipped))) = &options.skip
        && let Some(at) = skipped.iter().find(|skipped| *skipped == name)
    {
        errors.push(diag::at(
            at.span(),
            format!(
                "`{name}` holds the items, each of which is a key of its own: take it out of `skip`"
            ),
        ));
    }
    let mut of_item = function.clone();
    if let Some(FnArg::Typed(typed)) = of_item.sig.inputs.iter_mut().nth(parameter) {
        *typed.ty = item.clone();
    }
    for argument in &mut of_item.arguments {
        if argument.name == *name {
            argument.declared = Declared::Typed(Box::new(item.clone()));
        }
    }
    let batch = Batch {
        argument: name.clone(),
        items,
        item,
        most: most.ok().flatten().map(|MaxBatch(most)| most.clone()),
    };
    Some((batch, of_item))
}

/// A body can be begun while another one runs.
fn check_mutable(function: &Function, errors: &mut Accumulator) {
    for argument in &function.arguments {
        let at = match &argument.declared {
            Declared::SelfMutable => argument.name.span(),
            Declared::Typed(ty) => match &**ty {
                Type::Reference(reference) if reference.mutability.is_some() => ty.span(),
                _ => continue,
            },
            _ => continue,
        };
        let name = &argument.name;
        errors.push(diag::at(
            at,
            format!(
                "`batch` may run the function several times at once, so it cannot borrow `{name}` mutably: take a `&T`, \
                 or a value that is `Clone`"
            ),
        ));
    }
}

/// The parameter's number, its type and that of an item.
fn read(function: &Function, name: &Ident) -> darling::Result<(usize, Type, Type)> {
    let argument = function
        .arguments
        .iter()
        .find(|argument| argument.name == *name && !argument.is_self())
        .ok_or_else(|| {
            diag::at(
                name.span(),
                format!("there is no argument `{name}`: `batch` names the one that holds the items, `{name}: Vec<Id>`"),
            )
        })?;
    let Origin::Parameter(parameter) = argument.origin else {
        return Err(diag::at(name.span(), "`batch` names an argument"));
    };
    let whole = function.sig.inputs.iter().nth(parameter).is_some_and(
        |input| matches!(input, FnArg::Typed(typed) if matches!(&*typed.pat, Pat::Ident(_))),
    );
    let item = match &argument.declared {
        Declared::Typed(ty) if whole => item_of(ty).map(|item| ((**ty).clone(), item.clone())),
        _ => None,
    };
    match item {
        Some((items, item)) if !matches!(item, Type::Reference(_)) => Ok((parameter, items, item)),
        Some((_, item)) => Err(diag::at(
            item.span(),
            "the items of a batch are owned, since they are the keys of a map that is returned: write `Vec<String>`",
        )),
        None => Err(diag::at(
            match &argument.declared {
                Declared::Typed(ty) => ty.span(),
                _ => argument.name.span(),
            },
            format!(
                "`batch` needs the items in a `Vec`, which it can shorten to the missing ones: write `{name}: Vec<Id>`"
            ),
        )),
    }
}

/// `Vec<T>` → `T`
fn item_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Vec")?;
    types_of(&last.arguments).next()
}

fn types_of(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let arguments = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// `Result<HashMap<Id, Value>, Error>` → `Value`
pub(super) fn stored(function: &Function) -> darling::Result<Value> {
    let answer = function.answer_type();
    match answer.and_then(map_of).and_then(|map| {
        let last = map.path.segments.last()?;
        types_of(&last.arguments).nth(1)
    }) {
        Some(ty) => value::stored(ty),
        None => Err(diag::at(
            answer.map_or_else(|| function.span(), syn::spanned::Spanned::span),
            "a function with `batch` returns a map from items to values, written out: `HashMap<Id, Value>`, or a `Result` \
             of it",
        )),
    }
}

fn map_of(answer: &Type) -> Option<&TypePath> {
    match answer {
        Type::Group(group) => map_of(&group.elem),
        Type::Paren(paren) => map_of(&paren.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            if last.ident.to_string().ends_with("Result") {
                types_of(&last.arguments).next().and_then(map_of)
            } else {
                Some(path)
            }
        }
        _ => None,
    }
}
