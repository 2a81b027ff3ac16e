//! `|policy| policy.ttl(…).capacity(…)`

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::{asserts, shared, time};
use crate::{
    idents,
    plan::{Layer, Plan, Setter, SetterArgument, Title},
};

pub(super) fn emit(plan: &Plan, layer: &Layer) -> TokenStream {
    let whole = asserts::whole(layer);
    let mut policy = idents::policy();
    policy.set_span(policy.span().located_at(whole));
    let of_type = names_type(layer).then(|| quote_spanned!(whole=> .of_type::<Self>()));
    let setters = layer.setters.iter().map(|setter| emit_setter(plan, setter));
    let builder = shared::builder(plan, layer, quote!(#policy #of_type #(.#setters)*));
    quote!(|#policy| #builder)
}

/// The same for a companion, where no type of a closure is needed.
pub(super) fn emit_for_companion(plan: &Plan, layer: &Layer) -> TokenStream {
    if layer.setters.is_empty() && layer.sharing.is_none() && !names_type(layer) {
        quote!(::core::convert::identity)
    } else {
        emit(plan, layer)
    }
}

/// Is the type of a method a part of its name?
fn names_type(layer: &Layer) -> bool {
    layer.instances.self_type && matches!(layer.site.title, Title::Here(_))
}

/// Does a setter see key or value?
pub(super) fn see_values(layer: &Layer) -> bool {
    layer.sharing.is_some() || layer.setters.iter().any(Setter::sees_value)
}

/// `capacity(500)`
fn emit_setter(plan: &Plan, setter: &Setter) -> TokenStream {
    let method = idents::method(setter.method);
    let arguments = setter
        .arguments
        .iter()
        .map(|argument| emit_argument(plan, argument));
    quote!(#method(#(#arguments),*))
}

fn emit_argument(plan: &Plan, argument: &SetterArgument) -> TokenStream {
    let runtime = &plan.runtime;
    match argument {
        SetterArgument::Time(time) => time::emit(time),
        SetterArgument::Count(count) => {
            let count = Literal::u64_unsuffixed(*count);
            quote!(#count)
        }
        SetterArgument::Ratio(ratio) => quote!(#ratio),
        SetterArgument::Code(code) | SetterArgument::Closure(code) => quote!(#code),
        SetterArgument::IsNone => {
            let value = idents::local("value");
            quote!(|#value| #runtime::__private::absent!(#value))
        }
    }
}
