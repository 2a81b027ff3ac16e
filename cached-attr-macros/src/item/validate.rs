//! Functions that cannot be cached whatever the options say, and what to write instead.

use darling::error::Accumulator;
use syn::{
    FnArg, GenericArgument, PathArguments, Safety, Signature, Type, TypeImplTrait,
    spanned::Spanned as _, visit::Visit,
};

use super::{Body, Function};
use crate::diag;

pub(super) fn no_function(error: &syn::Error) -> syn::Error {
    let message = format!("this attribute belongs on an async function ({error})");
    syn::Error::new(error.span(), message)
}

pub(super) fn no_body(sig: &Signature) -> syn::Error {
    let message = format!(
        "`{}` has no body, so there is nothing to cache: put the attribute on the functions that implement it",
        sig.ident
    );
    syn::Error::new(sig.ident.span(), message)
}

pub(super) fn check(function: &Function, errors: &mut Accumulator) {
    check_qualifiers(&function.sig, errors);
    check_async(function, errors);
    check_answer(function, errors);
    check_parameters(&function.sig, errors);
    check_load_context(&function.sig, errors);
}

pub(super) fn check_writer(function: &Function, errors: &mut Accumulator) {
    if matches!(function.body, Body::NotAsync(_)) {
        errors.push(diag::at(
            function.sig.fn_token.span,
            format!(
                "only async functions can invalidate: write `async fn {}`",
                function.name()
            ),
        ));
    }
    if let Some(Type::ImplTrait(answer)) = function.answer_type()
        && !matches!(function.body, Body::NotAsync(_))
    {
        errors.push(diag::at(
            answer.impl_token.span,
            "a writer's answer must have a name: `impl Trait` has none",
        ));
    }
}

pub(super) fn check_leader(function: &Function, errors: &mut Accumulator) {
    if matches!(function.body, Body::NotAsync(_)) {
        errors.push(diag::at(
            function.sig.fn_token.span,
            format!(
                "only async functions can wait for an election: write `async fn {}`",
                function.name()
            ),
        ));
    } else if let Some(unnamed) = function.answer_type().and_then(first_impl) {
        errors.push(diag::at(
            unnamed.impl_token.span,
            "an answer under `#[leader]` must have a name, because it is not always the body that gives it: `impl Trait` has none",
        ));
    }
}

fn check_qualifiers(sig: &Signature, errors: &mut Accumulator) {
    if let Some(constness) = &sig.constness {
        errors.push(diag::at(
            constness.span,
            "a `const fn` cannot be cached, because it cannot be async: write `async fn` in place of `const fn`",
        ));
    }
    if let Safety::Unsafe(keyword) = &sig.safety {
        errors.push(diag::at(
            keyword.span,
            "an `unsafe fn` cannot be cached: a hit would skip what its caller promised. Cache a safe function that calls it",
        ));
    }
    if let Some(abi) = &sig.abi {
        errors.push(diag::at(
            abi.extern_token.span,
            "an `extern` function cannot be cached: cache an async function and call it from here",
        ));
    }
    if let Some(variadic) = &sig.variadic {
        errors.push(diag::at(
            variadic.dots.span(),
            "a variadic function cannot be cached: its arguments have no names",
        ));
    }
}

/// `fn f() -> R` → "write `async fn`"
fn check_async(function: &Function, errors: &mut Accumulator) {
    // A `const fn` is told to be async in place of that.
    if matches!(function.body, Body::NotAsync(_)) && function.sig.constness.is_none() {
        let name = function.name();
        let or = match function.answer_type().and_then(super::body::resolved) {
            Some(_) => {
                ", or end the body in its future, `async move { … }` or `Box::pin(async move { … })`"
            }
            None => "",
        };
        errors.push(diag::at(
            function.sig.fn_token.span,
            format!("only async functions can be cached: write `async fn {name}`{or}"),
        ));
    }
}

fn check_answer(function: &Function, errors: &mut Accumulator) {
    let Some(answer) = function.answer_type() else {
        return;
    };
    if matches!(function.body, Body::NotAsync(_)) {
        return;
    }
    if let Some(unnamed) = first_impl(answer) {
        errors.push(diag::at(
            unnamed.impl_token.span,
            "an answer of type `impl Trait` cannot be cached: name the type, for example `Vec<T>`, `Arc<[T]>` or `Arc<dyn Trait + Send + Sync>`",
        ));
    }
}

/// `Option<impl Trait>` → `impl Trait`
fn first_impl(ty: &Type) -> Option<&TypeImplTrait> {
    struct FirstImpl<'ast>(Option<&'ast TypeImplTrait>);
    impl<'ast> Visit<'ast> for FirstImpl<'ast> {
        fn visit_type_impl_trait(&mut self, found: &'ast TypeImplTrait) {
            self.0.get_or_insert(found);
        }
    }
    let mut find = FirstImpl(None);
    find.visit_type(ty);
    find.0
}

/// `load: LoadContext<V>`
fn is_load_context(ty: &Type) -> bool {
    let ty = match ty {
        Type::Reference(reference) => &*reference.elem,
        ty => ty,
    };
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|last| {
        let of_value = matches!(&last.arguments, PathArguments::AngleBracketed(arguments)
            if matches!(arguments.args.first(), Some(GenericArgument::Type(_))));
        last.ident == "LoadContext" && of_value
    })
}

/// The body's own name for it, and not an argument that callers would have to pass.
fn check_load_context(sig: &Signature, errors: &mut Accumulator) {
    for input in &sig.inputs {
        if let FnArg::Typed(typed) = input
            && is_load_context(&typed.ty)
        {
            let name = diag::code(&typed.pat);
            errors.push(diag::at(
                typed.ty.span(),
                format!("callers cannot pass a `LoadContext`: take `{name}` away, and let the option `context = {name}` bind it in the body"),
            ));
        }
    }
}

/// The compiler leaves `#[cfg]` on parameters for later: a key could neither hold such an argument nor leave it out.
fn check_parameters(sig: &Signature, errors: &mut Accumulator) {
    for input in &sig.inputs {
        let attrs = match input {
            FnArg::Receiver(receiver) => &receiver.attrs,
            FnArg::Typed(typed) => &typed.attrs,
        };
        for attr in attrs
            .iter()
            .filter(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr"))
        {
            errors.push(diag::at(
                attr.path().span(),
                "`cfg` on an argument of a cached function is not supported, because the key could neither hold it nor leave it out: \
                 put `cfg` on two versions of the function",
            ));
        }
    }
}
