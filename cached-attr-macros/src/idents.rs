//! Every identifier the macros make. Locals are invisible to the user's code (`mixed_site`) and share one reserved
//! prefix; companions carry the function's own span, because the user calls them.

use proc_macro2::{Ident, Span};
use syn::{Path, PathSegment, Token, Type, ext::IdentExt as _};

/// A local variable of the expansion, `__cached_{role}`: the user's code cannot see it.
pub(crate) fn local(role: &str) -> Ident {
    Ident::new(&format!("__cached_{role}"), Span::mixed_site())
}

/// The static of one layer. Items are not hygienic, so the prefix keeps it out of the user's way.
pub(crate) fn site(resource: Option<&Ident>) -> Ident {
    let name = match resource {
        None => "__CACHED_SITE".to_owned(),
        Some(resource) => format!("__CACHED_SITE_{}", resource.unraw()),
    };
    Ident::new(&name, Span::mixed_site())
}

/// `script` → `script_cache`; the resource `url` of `handler` → `handler_url_cache`.
pub(crate) fn companion(function: &Ident, resource: Option<&Ident>, role: &str) -> Ident {
    let name = match resource {
        None => format!("{}_{role}", function.unraw()),
        Some(resource) => format!("{}_{}_{role}", function.unraw(), resource.unraw()),
    };
    Ident::new(&name, function.span())
}

/// A name taken out of a text, such as the `region` of `"{self.region}"`; the text's span makes it the user's.
pub(crate) fn from_text(name: &str, span: Span) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(name).ok()?;
    ident.set_span(span);
    Some(ident)
}

/// `::cached_attr`
pub(crate) fn runtime() -> Path {
    let name = Ident::new("cached_attr", Span::mixed_site());
    Path {
        leading_colon: Some(Token![::](Span::mixed_site())),
        segments: [PathSegment::from(name)].into_iter().collect(),
    }
}

/// The policy in the closure that sets its rules: the bare prefix, since it stands in front of every rule.
pub(crate) fn policy() -> Ident {
    Ident::new("__cached", Span::mixed_site())
}

/// A method of the runtime.
pub(crate) fn method(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// What stands for `self` where an expression is taken out of its method.
pub(crate) fn this() -> Ident {
    local("self")
}

/// `Self`
pub(crate) fn self_type() -> Ident {
    Ident::new("Self", Span::mixed_site())
}

/// The word a path ends in.
pub(crate) fn last(path: &Path) -> Ident {
    path.segments
        .last()
        .map_or_else(|| local("path"), |last| last.ident.clone())
}

/// `bool` → `ConstBool`, the runtime's type for a constant of that type; none for `usize`, which an array can hold.
pub(crate) fn constant(ty: &Type) -> Option<Ident> {
    let Type::Path(path) = ty else { return None };
    let name = path
        .path
        .get_ident()
        .filter(|name| *name != "usize")?
        .to_string();
    let (first, rest) = name.split_at_checked(1)?;
    Some(Ident::new(
        &format!("Const{}{rest}", first.to_ascii_uppercase()),
        Span::mixed_site(),
    ))
}
