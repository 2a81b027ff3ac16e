//! Types of the standard library, and what follows from their names. Other types are checked by the compiler.

use syn::{
    GenericArgument, PathArguments, PathSegment, Type, TypePath, TypeReference, visit::Visit,
};

/// What is certain of a type. None of them is a `Result`.
#[derive(Clone, Copy)]
pub(crate) struct WellKnown {
    /// It can be cloned, shared between threads and kept, if what is in it can.
    kept: bool,
    /// It can be hashed as well.
    hashed: bool,
    /// What owns it is itself.
    owned: bool,
}

/// What follows from the name of a type, if it is one of these. A user's type may have the same name: only for those
/// in the prelude, and for collections with as many arguments as the standard library's, more follows than that the
/// type is not a `Result`.
pub(crate) fn of_segment(segment: &PathSegment) -> Option<WellKnown> {
    let known = |kept, hashed, owned| {
        Some(WellKnown {
            kept,
            hashed,
            owned,
        })
    };
    let types = count_types(&segment.arguments);
    match (segment.ident.to_string().as_str(), types) {
        (
            "String" | "bool" | "char" | "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8"
            | "u16" | "u32" | "u64" | "u128" | "usize",
            0,
        ) => known(true, true, true),
        ("str", 0) | ("Arc" | "BTreeSet" | "Option" | "Vec" | "VecDeque", 1) | ("BTreeMap", 2) => {
            known(true, true, false)
        }
        ("f32" | "f64", 0) | ("HashSet", 1) | ("HashMap", 2) => known(true, false, false),
        (
            "Duration" | "Instant" | "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "NonZeroU32"
            | "NonZeroU64" | "OsString" | "Path" | "PathBuf" | "SystemTime",
            0,
        )
        | ("BinaryHeap" | "Box" | "Cow" | "Rc", 1) => known(false, false, false),
        _ => None,
    }
}

/// How many types there are in `<…>`.
fn count_types(arguments: &PathArguments) -> usize {
    match arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter(|argument| matches!(argument, GenericArgument::Type(_)))
            .count(),
        PathArguments::None | PathArguments::Parenthesized(_) => 0,
    }
}

fn of_path(path: &TypePath) -> Option<WellKnown> {
    if path.qself.is_some() {
        return None;
    }
    of_segment(path.path.segments.last()?)
}

/// Is it certain that a value of this type can be stored?
pub(crate) fn can_be_kept(ty: &Type) -> bool {
    AllLike::all(ty, |known| known.kept)
}

/// Is it certain that it can be part of a key?
pub(crate) fn can_be_key(ty: &Type) -> bool {
    AllLike::all(ty, |known| known.kept && known.hashed)
}

/// Types whose owned form is known to be themselves, and reads better so.
pub(crate) fn owns_itself(ty: &Type) -> bool {
    match ty {
        Type::Path(path) if path.path.get_ident().is_some() => {
            of_path(path).is_some_and(|known| known.owned)
        }
        _ => false,
    }
}

/// Whether all that a type is made of is like this.
struct AllLike {
    like: fn(WellKnown) -> bool,
    all: bool,
}

impl AllLike {
    fn all(ty: &Type, like: fn(WellKnown) -> bool) -> bool {
        let mut find = AllLike { like, all: true };
        find.visit_type(ty);
        find.all
    }
}

impl<'ast> Visit<'ast> for AllLike {
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        self.all &= of_path(path).is_some_and(self.like);
        if self.all {
            syn::visit::visit_type_path(self, path);
        }
    }

    fn visit_type_trait_object(&mut self, _: &'ast syn::TypeTraitObject) {
        self.all = false;
    }

    fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
        self.all = false;
    }

    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        self.all &= reference.mutability.is_none();
        syn::visit::visit_type_reference(self, reference);
    }

    fn visit_type_macro(&mut self, _: &'ast syn::TypeMacro) {
        self.all = false;
    }

    fn visit_type_ptr(&mut self, _: &'ast syn::TypePtr) {
        self.all = false;
    }
}

/// `::std::string::String`
pub(crate) fn string() -> Type {
    syn::parse_quote!(::std::string::String)
}
