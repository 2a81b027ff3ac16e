//! Keys that are texts: `"spec:{name}:{version}"`.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use syn::{LitStr, Member};

use super::{Key, Lowered, TextKey, TextPiece, is_constant, scope::Scope, unknown_argument};
use crate::{
    diag, idents,
    template::{self, Capture, Piece},
};

/// `"spec:{name}"` → the text `spec:`, then what `name` displays as.
pub(super) fn lower(text: &LitStr, scope: &Scope<'_>, errors: &mut Accumulator) -> Option<Lowered> {
    let parsed = template::parse(&text.value()).map_err(|problem| diag::at(text.span(), problem));
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
    let separators = errors.handle(separators(&pieces, text))?;
    let captures = pieces
        .iter()
        .filter(|piece| matches!(piece, Piece::Capture(_)))
        .count();
    let key = match captures {
        0 => Key::Constant(LitStr::new(&literal(&pieces), text.span())),
        _ => Key::Text(TextKey {
            pieces: lowered,
            separators,
        }),
    };
    sound.then_some(Lowered { key, named })
}

fn literal(pieces: &[Piece]) -> String {
    let texts = pieces.iter().filter_map(|piece| match piece {
        Piece::Text(literal) => Some(literal.as_str()),
        Piece::Capture(_) => None,
    });
    texts.collect()
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
fn separators(pieces: &[Piece], text: &LitStr) -> darling::Result<String> {
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
            Piece::Capture(capture) if after_capture => return Err(adjacent(capture, text)),
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
            "`%` escapes in keys and so cannot separate two captures: use another character, such as `:`",
        ));
    }
    Ok(separators)
}

fn adjacent(capture: &Capture, text: &LitStr) -> darling::Error {
    diag::at(
        text.span(),
        format!(
            "nothing stands between `{{{root}}}` and the capture before it, so \"ab\" and \"c\" would be the same key \
             as \"a\" and \"bc\": put a character between them, such as `:{{{root}}}`",
            root = capture.root
        ),
    )
}
