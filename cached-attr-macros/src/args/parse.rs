//! One attribute's tokens: an optional `let NAME [: TYPE] = EXPR,`, then the options.

use darling::{FromMeta as _, ast::NestedMeta, error::Accumulator};
use proc_macro2::{Ident, TokenStream};
use syn::{
    Expr, Token, Type,
    parse::{ParseStream, Parser as _},
};

use super::{Attribute, Attributes, Options, options::split_known_options};
use crate::{diag, free_names, stack::RawLayer};

/// The head of a resource.
pub(crate) struct Let {
    pub(crate) mutable: Option<Token![mut]>,
    pub(crate) name: Ident,
    pub(crate) ty: Option<Type>,
    pub(crate) value: Expr,
}

/// Reads every attribute. Mistakes go to `errors`.
pub(crate) fn read(layers: &[RawLayer], errors: &mut Accumulator) -> Attributes {
    let read: Vec<Attribute> = layers
        .iter()
        .filter_map(|layer| read_one(layer, errors))
        .collect();
    Attributes {
        complete: read.len() == layers.len(),
        name_self: layers
            .iter()
            .any(|layer| free_names::self_type(&layer.tokens)),
        read,
    }
}

/// `None` when nothing of it could be read.
fn read_one(layer: &RawLayer, errors: &mut Accumulator) -> Option<Attribute> {
    let (binding, rest) = errors.handle(
        head.parse2(layer.tokens.clone())
            .map_err(darling::Error::from),
    )?;
    let named = free_names::anything(&rest);
    let items =
        errors.handle(NestedMeta::parse_meta_list(rest).map_err(|error| unreadable(&error)))?;
    let (items, written) = split_known_options::<Options>(items, errors);
    let options = errors.handle(Options::from_list(&items))?;
    Some(Attribute {
        binding,
        options,
        written,
        named,
        span: layer.span,
    })
}

/// The bindings of all layers, as far as they read: what the body expects to find even where something else is wrong.
pub(crate) fn bindings(layers: &[RawLayer]) -> Vec<Let> {
    layers
        .iter()
        .filter_map(|layer| head.parse2(layer.tokens.clone()).ok()?.0)
        .collect()
}

/// syn's "expected `,`" says what is not there; where it belongs is for us to say.
pub(super) fn unreadable(error: &syn::Error) -> darling::Error {
    let known = match error.to_string().as_str() {
        "expected `,`" => {
            ": it stands between options, `ttl = \"30s\", capacity = 500`, and between the arguments in `skip(a, b)`"
        }
        _ => "",
    };
    diag::at(error.span(), format!("{error}{known}"))
}

fn head(input: ParseStream) -> syn::Result<(Option<Let>, TokenStream)> {
    let binding = if input.peek(Token![let]) {
        Some(binding(input)?)
    } else {
        None
    };
    Ok((binding, input.parse()?))
}

fn binding(input: ParseStream) -> syn::Result<Let> {
    input.parse::<Token![let]>()?;
    let mutable = input.parse()?;
    let name: Ident = input.parse().map_err(|error: syn::Error| {
        syn::Error::new(
            error.span(),
            "a resource is bound to one name, `let name = …`: take it apart in the body",
        )
    })?;
    let ty = if input.parse::<Option<Token![:]>>()?.is_some() {
        Some(input.parse()?)
    } else {
        None
    };
    input.parse::<Token![=]>().map_err(|error| {
        syn::Error::new(
            error.span(),
            format!("a resource needs a value: write `let {name} = … .await`"),
        )
    })?;
    let value = input.parse()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(Let {
        mutable,
        name,
        ty,
        value,
    })
}
