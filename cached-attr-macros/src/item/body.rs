//! Where the code is that a cache stands in front of: the body of an `async fn`, or the async block of the boxed
//! form that `#[async_trait]` leaves.

use proc_macro2::{Group, TokenStream};
use syn::{
    Block, Expr, ExprAsync, ExprCall, ExprPath, GenericArgument, Path, PathArguments, ReturnType,
    Signature, Stmt, Type, TypeParamBound, token,
};

/// The code a miss runs.
pub(crate) enum Body {
    /// `async fn f(…) -> R { … }`
    Plain(Braced),
    /// `fn f(…) -> Pin<Box<dyn Future<Output = R> + …>> { …; Box::pin(async move { … }) }`
    Boxed(Box<BoxedBody>),
    /// Neither: the function is not async, which is an error.
    NotAsync(Braced),
}

/// Statements with the braces they were written in, so that what the compiler says of them points there.
pub(crate) struct Braced {
    pub(crate) brace: token::Brace,
    pub(crate) statements: TokenStream,
}

pub(crate) struct BoxedBody {
    /// What stands before the tail expression.
    pub(crate) before: Vec<Stmt>,
    /// `Box::pin`
    pub(crate) pin: ExprPath,
    pub(crate) block: Braced,
    /// `-> R`
    pub(crate) answer: ReturnType,
}

impl Body {
    pub(crate) fn new(sig: &Signature, brace: token::Brace, statements: TokenStream) -> Self {
        let written = Braced { brace, statements };
        if sig.asyncness.is_some() {
            return Self::Plain(written);
        }
        match boxed(sig, &written) {
            Some(boxed) => Self::Boxed(Box::new(boxed)),
            None => Self::NotAsync(written),
        }
    }

    pub(crate) fn answer<'a>(&'a self, sig: &'a Signature) -> &'a ReturnType {
        match self {
            Self::Boxed(boxed) => &boxed.answer,
            Self::Plain(_) | Self::NotAsync(_) => &sig.output,
        }
    }

    /// What a miss runs.
    pub(crate) fn load(&self) -> &Braced {
        match self {
            Self::Plain(body) | Self::NotAsync(body) => body,
            Self::Boxed(boxed) => &boxed.block,
        }
    }
}

fn boxed(sig: &Signature, written: &Braced) -> Option<BoxedBody> {
    let ReturnType::Type(arrow, ty) = &sig.output else {
        return None;
    };
    let answer = ReturnType::Type(*arrow, Box::new(resolved(ty)?));
    let group = Group::new(proc_macro2::Delimiter::Brace, written.statements.clone());
    let mut before = syn::parse2::<Block>(TokenStream::from(proc_macro2::TokenTree::Group(group)))
        .ok()?
        .stmts;
    let Some(Stmt::Expr(Expr::Call(ExprCall { func, mut args, .. }), None)) = before.pop() else {
        return None;
    };
    let (Expr::Path(pin), Some(Expr::Async(ExprAsync { block, .. }))) = (*func, args.pop()) else {
        return None;
    };
    let is_pin = args.is_empty()
        && pin
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "pin");
    let statements = block
        .stmts
        .into_iter()
        .map(quote::ToTokens::into_token_stream)
        .collect();
    is_pin.then(|| BoxedBody {
        before,
        pin,
        block: Braced {
            brace: block.brace_token,
            statements,
        },
        answer,
    })
}

/// `Pin<Box<dyn Future<Output = R> + …>>` → `R`
fn resolved(ty: &Type) -> Option<Type> {
    let Type::TraitObject(object) = argument_of(argument_of(ty, "Pin")?, "Box")? else {
        return None;
    };
    object.bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => output_of(&bound.path),
        _ => None,
    })
}

fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn output_of(path: &Path) -> Option<Type> {
    let last = path.segments.last().filter(|last| last.ident == "Future")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => Some(output.ty.clone()),
        _ => None,
    })
}
