//! From an argument's declared type to the key: what is owned of it, and how it is looked up without owning.

use syn::{
    GenericArgument, Lifetime, PathArguments, PathSegment, Type, TypePath, TypeReference,
    spanned::Spanned as _, visit::Visit,
};

use super::super::std_types;

/// How one key argument is looked up and kept.
#[derive(Clone)]
pub(crate) enum KeyPartKind {
    /// `&str` → `String`, by the reference itself.
    Text,
    /// `&T` → `<T as ToOwned>::Owned`, by the reference itself.
    Borrowed(Type),
    /// `T` → `T`, by a reference to it.
    Value(Type),
    /// `& &T` and the like: as what is behind the reference.
    Through(Box<KeyPartKind>),
    /// `Option<&T>`
    Optional(Box<KeyPartKind>),
    /// `(&A, B)`
    Tuple(Vec<KeyPartKind>),
    /// `[&T]`, `Vec<&T>`, `[&T; 2]` → `Vec` of what is owned of each.
    Each(Box<KeyPartKind>),
    /// The type cannot be written down (`impl Trait`, a binding of a pattern): by reference, the compiler infers.
    /// `true`: the argument is a reference already.
    Inferred(bool),
}

impl KeyPartKind {
    /// Is it certain that this can be in a key?
    pub(crate) fn is_known(&self) -> bool {
        match self {
            Self::Text => true,
            Self::Borrowed(ty) | Self::Value(ty) => std_types::can_be_key(ty),
            Self::Through(inner) | Self::Optional(inner) | Self::Each(inner) => inner.is_known(),
            Self::Tuple(parts) => parts.iter().all(Self::is_known),
            Self::Inferred(_) => false,
        }
    }
}

/// Why an argument of this type cannot be in a key.
pub(crate) enum NotAKey {
    /// `f64` is not `Eq`.
    Float,
    /// `&mut T` is not the key's to read.
    Mutable,
    /// Holds a reference that cannot be owned by rule.
    Borrows(String),
    /// `dyn Trait` cannot be compared.
    Object,
}

impl KeyPartKind {
    /// Can the owned key be written as a type?
    pub(crate) fn is_named(&self) -> bool {
        match self {
            Self::Text | Self::Borrowed(_) | Self::Value(_) => true,
            Self::Through(inner) | Self::Optional(inner) | Self::Each(inner) => inner.is_named(),
            Self::Tuple(parts) => parts.iter().all(Self::is_named),
            Self::Inferred(_) => false,
        }
    }
}

/// `&str` → `Text`, `Option<&[u8]>` → `Optional(Borrowed([u8]))`, `UserId` → `Value(UserId)`
pub(crate) fn of(ty: &Type) -> Result<KeyPartKind, NotAKey> {
    match ty {
        Type::Group(group) => of(&group.elem),
        Type::Paren(paren) => of(&paren.elem),
        Type::Reference(TypeReference {
            mutability: Some(_),
            ..
        }) => Err(NotAKey::Mutable),
        Type::Reference(reference) => behind(&reference.elem),
        Type::ImplTrait(_) => Ok(KeyPartKind::Inferred(false)),
        ty => owned(ty),
    }
}

/// What a shared reference to `ty` becomes.
fn behind(ty: &Type) -> Result<KeyPartKind, NotAKey> {
    match ty {
        Type::Group(group) => behind(&group.elem),
        Type::Paren(paren) => behind(&paren.elem),
        Type::ImplTrait(_) => Ok(KeyPartKind::Inferred(true)),
        Type::Path(path) if path.path.is_ident("str") => Ok(KeyPartKind::Text),
        ty if borrows(ty).is_some() => of(ty).map(|inner| KeyPartKind::Through(Box::new(inner))),
        ty => fit(ty).map(|()| KeyPartKind::Borrowed(ty.clone())),
    }
}

fn owned(ty: &Type) -> Result<KeyPartKind, NotAKey> {
    if borrows(ty).is_none() {
        return fit(ty).map(|()| KeyPartKind::Value(ty.clone()));
    }
    match ty {
        Type::Tuple(tuple) => tuple
            .elems
            .iter()
            .map(of)
            .collect::<Result<_, _>>()
            .map(KeyPartKind::Tuple),
        Type::Slice(slice) => of(&slice.elem).map(|each| KeyPartKind::Each(Box::new(each))),
        Type::Array(array) => of(&array.elem).map(|each| KeyPartKind::Each(Box::new(each))),
        Type::Path(path) => match (wrapped(path, "Option"), wrapped(path, "Vec")) {
            (Some(inner), _) => of(inner).map(|inner| KeyPartKind::Optional(Box::new(inner))),
            (_, Some(each)) => of(each).map(|each| KeyPartKind::Each(Box::new(each))),
            _ => Err(NotAKey::Borrows(written(ty))),
        },
        ty => Err(NotAKey::Borrows(written(ty))),
    }
}

/// `Option<T>` → `T`
fn wrapped<'a>(path: &'a TypePath, name: &str) -> Option<&'a Type> {
    let PathSegment {
        ident,
        arguments: PathArguments::AngleBracketed(arguments),
    } = path.path.segments.last()?
    else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) if ident == name && arguments.args.len() == 1 => Some(ty),
        _ => None,
    }
}

/// `f64`, `&f32`
pub(crate) fn is_float(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => is_float(&group.elem),
        Type::Paren(paren) => is_float(&paren.elem),
        Type::Reference(reference) => is_float(&reference.elem),
        Type::Path(path) => names_float(path),
        _ => false,
    }
}

fn names_float(path: &TypePath) -> bool {
    path.path.is_ident("f32") || path.path.is_ident("f64")
}

/// A type that owns what it holds may still be no key.
fn fit(ty: &Type) -> Result<(), NotAKey> {
    struct Check(Option<NotAKey>);
    impl<'ast> Visit<'ast> for Check {
        fn visit_type_path(&mut self, path: &'ast TypePath) {
            if names_float(path) {
                self.0 = Some(NotAKey::Float);
            }
            syn::visit::visit_type_path(self, path);
        }
        fn visit_type_trait_object(&mut self, _: &'ast syn::TypeTraitObject) {
            self.0 = Some(NotAKey::Object);
        }
    }
    let mut check = Check(None);
    check.visit_type(ty);
    check.0.map_or(Ok(()), Err)
}

/// The first thing in `ty` that is borrowed for less than `'static`, or by a reference of whatever length (a key
/// owns text behind `&'static str` as well).
pub(crate) fn borrows(ty: &Type) -> Option<proc_macro2::Span> {
    struct FirstBorrow(Option<proc_macro2::Span>);
    impl<'ast> Visit<'ast> for FirstBorrow {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            self.0.get_or_insert(reference.and_token.span());
        }
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            if lifetime.ident != "static" {
                self.0.get_or_insert(lifetime.span());
            }
        }
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
        fn visit_type_impl_trait(&mut self, inner: &'ast syn::TypeImplTrait) {
            self.0.get_or_insert(inner.span());
        }
    }
    let mut find = FirstBorrow(None);
    find.visit_type(ty);
    find.0
}

fn written(ty: &Type) -> String {
    crate::diag::code(ty)
}

/// The first thing in `ty` that is borrowed for less than `'static`.
pub(crate) fn borrowed(ty: &Type) -> Option<proc_macro2::Span> {
    struct FirstShortBorrow(Option<proc_macro2::Span>);
    impl<'ast> Visit<'ast> for FirstShortBorrow {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            if reference
                .lifetime
                .as_ref()
                .is_none_or(|lifetime| lifetime.ident != "static")
            {
                self.0.get_or_insert(reference.and_token.span());
            }
            syn::visit::visit_type_reference(self, reference);
        }
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            if lifetime.ident != "static" {
                self.0.get_or_insert(lifetime.span());
            }
        }
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
        fn visit_bound_lifetimes(&mut self, _: &'ast syn::BoundLifetimes) {}
    }
    let mut find = FirstShortBorrow(None);
    find.visit_type(ty);
    find.0
}

/// Does `ty` contain an `impl Trait`?
pub(crate) fn is_impl(ty: &Type) -> bool {
    struct FindImpl(bool);
    impl<'ast> Visit<'ast> for FindImpl {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut find = FindImpl(false);
    find.visit_type(ty);
    find.0
}
