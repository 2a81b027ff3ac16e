//! Resources: `let NAME [: TYPE] = EXPR`, cached on their own and bound in the body.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Expr, ExprAsync, ExprClosure, ExprTry, Token, Type, spanned::Spanned, visit::Visit};

use super::{Layer, Scope, Value, companions, generics, layer, load::Load, value};
use crate::{
    args::{Attribute, Let},
    diag, free_names,
    item::{Argument, Declared, Function, Origin},
};

/// One resource.
pub(crate) struct Resource {
    pub(crate) name: Ident,
    pub(crate) mutable: Option<Token![mut]>,
    pub(crate) ty: Option<Type>,
    /// `EXPR` without its last `?`.
    pub(crate) load: Expr,
    /// The `?`: an error ends the function.
    pub(crate) question: Option<Token![?]>,
    /// The resources whose values it needs, by name.
    pub(crate) waits_for: Vec<Ident>,
    pub(crate) layer: Layer,
}

/// All resources of a function; `None` if one of them could not be planned.
pub(super) fn all(
    function: &Function,
    attributes: Vec<Attribute>,
    in_impl: bool,
    errors: &mut Accumulator,
) -> Option<Vec<Resource>> {
    let bound: Vec<Argument> = attributes
        .iter()
        .filter_map(|attribute| attribute.binding.as_ref())
        .map(as_name)
        .collect();
    check_names(function, &bound, errors);
    let mut resources = Some(Vec::new());
    for attribute in attributes {
        match (
            lower(function, attribute, &bound, in_impl, errors),
            &mut resources,
        ) {
            (Some(resource), Some(resources)) => resources.push(resource),
            _ => resources = None,
        }
    }
    resources
}

/// A resource as the others see it.
fn as_name(binding: &Let) -> Argument {
    let declared = binding
        .ty
        .clone()
        .map_or(Declared::Bound, |ty| Declared::Typed(Box::new(ty)));
    Argument {
        name: binding.name.clone(),
        declared,
        origin: Origin::Resource,
    }
}

fn check_names(function: &Function, bound: &[Argument], errors: &mut Accumulator) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for Argument { name, .. } in bound {
        if function
            .arguments
            .iter()
            .any(|argument| argument.name == *name)
        {
            errors.push(diag::at(
                name.span(),
                format!("`{name}` is an argument already: give the resource another name"),
            ));
        }
        if !seen.insert(name.to_string()) {
            errors.push(diag::at(
                name.span(),
                format!("there are two resources `{name}`: give one another name"),
            ));
        }
    }
}

fn lower(
    function: &Function,
    mut attribute: Attribute,
    bound: &[Argument],
    in_impl: bool,
    errors: &mut Accumulator,
) -> Option<Resource> {
    let Let {
        name,
        mutable,
        ty,
        value,
        ..
    } = attribute.binding.take()?;
    let (load, question) = without_question(value);
    check_awaits(&load, &name, errors);
    check_questions(&load, errors);
    if attribute.has("batch") {
        errors.push(diag::at(
            attribute.span_of("batch"),
            "`batch` is for functions, not for resources: give the function that this resource calls a `#[cached]` of its own",
        ));
    }
    let others: Vec<Argument> = bound
        .iter()
        .filter(|other| other.name != name)
        .cloned()
        .collect();
    let named = free_names::anything(&load);
    let scope = Scope::of_resource(function, &others, &named);
    let waits_for = others
        .iter()
        .filter(|other| mentions(&attribute, &named, other))
        .map(|other| other.name.clone())
        .collect();
    let value = || value_of(&scope, &load, ty.as_ref(), question.is_some(), &named);
    let reaches = &named | &ty.as_ref().map(generics::mentioned).unwrap_or_default();
    let layer = layer::lower(
        &Load {
            scope: &scope,
            resource: Some(&name),
            mentioned: &named,
            reaches,
            at: ty.as_ref().map_or_else(|| load.span(), Spanned::span),
            answer: ty.as_ref(),
            never_fails: question.is_none() && ty.is_some() && value::never_fails(ty.as_ref()),
            value: &value,
            in_impl,
        },
        &attribute,
        errors,
    )?;
    Some(Resource {
        name: name.clone(),
        mutable,
        ty: ty.clone(),
        load: load.clone(),
        question,
        waits_for,
        layer,
    })
}

/// `a.b().await?` → `a.b().await`, and the `?`
fn without_question(value: Expr) -> (Expr, Option<Token![?]>) {
    match value {
        Expr::Try(ExprTry {
            expr,
            question_token,
            ..
        }) => (*expr, Some(question_token)),
        Expr::Group(group) => without_question(*group.expr),
        other => (other, None),
    }
}

/// Does the expression, the key or a per-call option need `other`'s value?
fn mentions(attribute: &Attribute, named: &BTreeSet<String>, other: &Argument) -> bool {
    named.contains(&other.name.to_string()) || attribute.named.contains(&other.name.to_string())
}

/// Written: that type. Inferred: a probe of the same expression, where its arguments can be declared.
fn value_of(
    scope: &Scope<'_>,
    load: &Expr,
    ty: Option<&Type>,
    question: bool,
    named: &BTreeSet<String>,
) -> darling::Result<Option<Value>> {
    match ty {
        Some(ty) if question => value::stored(ty).map(Some),
        Some(ty) => value::of_type(ty, scope.function).map(Some),
        None => Ok(companions::probe(scope, load, named).map(Value::Inferred)),
    }
}

/// A resource is what is waited for; for everything else there is `let`.
fn check_awaits(load: &Expr, name: &Ident, errors: &mut Accumulator) {
    if !awaits(load.to_token_stream()) {
        let at = load.span();
        errors.push(diag::at(
            at,
            format!("nothing here is awaited, so there is nothing to cache: add `.await`, or write `let {name} = …` in the body"),
        ));
    }
}

/// Is there an `.await`, or a macro such as `join!` that has its own?
fn awaits(tokens: TokenStream) -> bool {
    let mut before = None;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if ident == "await" => return true,
            TokenTree::Punct(punct) if punct.as_char() == '!' => {
                let name: String = before
                    .map(|before: TokenTree| before.to_string())
                    .unwrap_or_default();
                if name.contains("join") || name.contains("select") {
                    return true;
                }
            }
            TokenTree::Group(group) if awaits(group.stream()) => return true,
            _ => {}
        }
        before = Some(token);
    }
    false
}

/// An inner `?` would leave the load before there is an answer to store.
fn check_questions(load: &Expr, errors: &mut Accumulator) {
    struct InnerQuestionMarks<'a>(&'a mut Accumulator);
    impl<'ast> Visit<'ast> for InnerQuestionMarks<'_> {
        fn visit_expr_try(&mut self, inner: &'ast ExprTry) {
            self.0.push(diag::at(
                inner.question_token.span,
                "only the last `?` of a resource can end the function: move these steps into an async function of their \
                 own and await that, `let name = steps(…).await?`",
            ));
            syn::visit::visit_expr_try(self, inner);
        }
        // These have a result of their own.
        fn visit_expr_async(&mut self, _: &'ast ExprAsync) {}
        fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
    }
    InnerQuestionMarks(errors).visit_expr(load);
}
