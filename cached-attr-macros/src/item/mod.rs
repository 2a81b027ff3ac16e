//! Stage one: the function as written.

mod argument;
mod body;
mod validate;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{
    Attribute, ReturnType, Signature, Token, Type, Visibility,
    parse::{Parse, ParseStream},
    token,
};

use quote::ToTokens as _;

use crate::free_names;
pub(crate) use argument::{Argument, Declared, Origin, without_mut};
pub(crate) use body::{Body, Braced};

/// An async function, as far as caching needs to understand it. The body stays tokens: it is the user's.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Body,
    pub(crate) arguments: Vec<Argument>,
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig: Signature = input
            .parse()
            .map_err(|error| validate::no_function(&error))?;
        if input.peek(Token![;]) {
            return Err(validate::no_body(&sig));
        }
        let content;
        let brace: token::Brace = syn::braced!(content in input);
        // `#![allow(…)]` at the top of a body applies to the whole function, as it does in front of it.
        attrs.extend(Attribute::parse_inner(&content)?.into_iter().map(outer));
        let body = Body::new(&sig, brace, content.parse::<TokenStream>()?);
        let arguments = argument::read(&sig);
        Ok(Self {
            attrs,
            vis,
            sig,
            body,
            arguments,
        })
    }
}

fn outer(attribute: Attribute) -> Attribute {
    Attribute {
        style: syn::AttrStyle::Outer,
        ..attribute
    }
}

impl Function {
    pub(crate) fn name(&self) -> &Ident {
        &self.sig.ident
    }

    /// What a call answers: the declared return type, or of a returned future its output.
    pub(crate) fn answer(&self) -> &ReturnType {
        self.body.answer(&self.sig)
    }

    /// The answer's type, when one is written.
    pub(crate) fn answer_type(&self) -> Option<&Type> {
        match self.answer() {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty),
        }
    }

    pub(crate) fn has_receiver(&self) -> bool {
        self.sig.receiver().is_some()
    }

    /// Is it certain that the function stands in an impl or a trait? One that takes no `self` and names no `Self`
    /// looks like a free function.
    pub(crate) fn names_self(&self) -> bool {
        self.has_receiver()
            || free_names::self_type(&self.sig.to_token_stream())
            || free_names::self_type(&self.body.load().statements)
    }

    /// Every rule that no option can change.
    pub(crate) fn check(&self, errors: &mut darling::error::Accumulator) {
        validate::check(self, errors);
    }

    /// The same for a writer, whose answer is not cached.
    pub(crate) fn check_writer(&self, errors: &mut darling::error::Accumulator) {
        validate::check_writer(self, errors);
    }

    /// The same for a function that one process at a time runs.
    pub(crate) fn check_leader(&self, errors: &mut darling::error::Accumulator) {
        validate::check_leader(self, errors);
    }

    /// `fn name`, for an error about the function as a whole.
    pub(crate) fn span(&self) -> Span {
        self.sig.ident.span()
    }
}
