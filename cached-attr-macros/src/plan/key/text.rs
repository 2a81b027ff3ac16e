//! Keys and tags that are texts: `"spec:{name}:{version}"`.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use syn::{LitStr, Member};

use super::{TextPiece, TextTemplate, is_constant, scope::Scope, unknown_argument};
use crate::{
    diag, idents,
    template::{self, Capture, Piece},
};

/// What a text is for.
#[derive(Clone, Copy)]
pub(in crate::plan) enum Role {
    Key,
    Tag,
}

impl Role {
    fn noun(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Tag => "tag",
        }
    }

    fn instead_of_calls(self) -> &'static str {
        match self {
            Self::Key => "method calls go into an expression: `key = (…)`",
            Self::Tag => "a tag is made of arguments and their fields",
        }
    }
}

/// A text and the arguments it names.
pub(in crate::plan) struct LoweredText {
    pub(in crate::plan) template: TextTemplate,
    pub(in crate::plan) named: BTreeSet<String>,
}

/// `"spec:{name}"` → the text `spec:`, then what `name` displays as.
pub(in crate::plan) fn lower(
    text: &LitStr,
    role: Role,
    scope: &Scope<'_>,
    errors: &mut Accumulator,
) -> Option<LoweredText> {
    let parsed = template::parse(&text.value(), role.instead_of_calls())
        .map_err(|problem| diag::at(text.span(), problem));
    let pieces = errors.handle(parsed)?;
    let mut named = BTreeSet::new();
    let mut lowered = Vec::new();
    let mut sound = true;
    for piece in &pieces {
        match piece {
            Piece::Text(literal) => lowered.push(TextPiece::Literal(literal.clone())),
            Piece::Capture(capture) => match errors.handle(root(capture, text, scope)) {
                Some(piece) => {
                    named.insert(capture.root.clone());
                    lowered.push(piece);
                }
                None => sound = false,
            },
        }
    }
    let separators = errors.handle(separators(&pieces, text, role))?;
    let template = TextTemplate {
        pieces: lowered,
        separators,
    };
    sound.then_some(LoweredText { template, named })
}

/// What a capture names: an argument, or a constant.
fn root(capture: &Capture, text: &LitStr, scope: &Scope<'_>) -> darling::Result<TextPiece> {
    // It is named here, in the text, and not where it is declared.
    let known = scope.argument(&capture.root).map(|argument| {
        let mut name = argument.name.clone();
        name.set_span(name.span().located_at(text.span()));
        name
    });
    let constant = || {
        is_constant(&capture.root)
            .then(|| idents::from_text(&capture.root, text.span()))
            .flatten()
    };
    let root = known
        .or_else(constant)
        .ok_or_else(|| unknown_argument(&capture.root, text.span(), scope))?;
    let fields = capture
        .fields
        .iter()
        .filter_map(|field| member(field, text))
        .collect();
    Ok(TextPiece::Capture {
        root,
        fields,
        format: capture.format.clone(),
    })
}

fn member(field: &str, text: &LitStr) -> Option<Member> {
    match field.parse() {
        Ok(index) => Some(Member::Unnamed(syn::Index {
            index,
            span: text.span(),
        })),
        Err(_) => idents::from_text(field, text.span()).map(Member::Named),
    }
}

/// The characters that captures must not contain unescaped, so that no two of them can spell another two: the first
/// of each literal between captures, where a reader of the key would look for the end of the capture before it.
///
/// One capture is used to the letter, and then there is nothing to confuse.
fn separators(pieces: &[Piece], text: &LitStr, role: Role) -> darling::Result<String> {
    let mut separators = String::new();
    let first = pieces
        .iter()
        .position(|piece| matches!(piece, Piece::Capture(_)))
        .unwrap_or_default();
    let last = pieces
        .iter()
        .rposition(|piece| matches!(piece, Piece::Capture(_)))
        .unwrap_or_default();
    let between = pieces.iter().take(last + 1).skip(first);
    let mut after_capture = false;
    for piece in between {
        match piece {
            Piece::Capture(capture) if after_capture => return Err(adjacent(capture, text, role)),
            Piece::Capture(_) => after_capture = true,
            Piece::Text(literal) => {
                after_capture = false;
                separators.extend(
                    literal
                        .chars()
                        .next()
                        .filter(|char| !separators.contains(*char)),
                );
            }
        }
    }
    if separators.contains('%') {
        return Err(diag::at(
            text.span(),
            format!(
                "`%` escapes in {}s and so cannot separate two captures: use another character, such as `:`",
                role.noun()
            ),
        ));
    }
    Ok(separators)
}

fn adjacent(capture: &Capture, text: &LitStr, role: Role) -> darling::Error {
    diag::at(
        text.span(),
        format!(
            "nothing stands between `{{{root}}}` and the capture before it, so \"ab\" and \"c\" would be the same {noun} \
             as \"a\" and \"bc\": put a character between them, such as `:{{{root}}}`",
            root = capture.root,
            noun = role.noun()
        ),
    )
}
