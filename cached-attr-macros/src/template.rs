//! Texts with captures, such as `"spec:{name}:{version:04}"`: a format string whose captures may be fields.

use std::{iter::Peekable, str::Chars};

/// A text, split at its captures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// Taken to the letter, `{{` and `}}` already unfolded.
    Text(String),
    Capture(Capture),
}

/// `{self.region:>8}`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Capture {
    /// `self`
    pub(crate) root: String,
    /// `region`
    pub(crate) fields: Vec<String>,
    /// `>8`, without the colon
    pub(crate) format: String,
}

/// Splits `text`, or returns in plain words what is wrong with it. `instead`: where what is not a name or a field goes.
pub(crate) fn parse(text: &str, instead: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '{' | '}' if chars.peek() == Some(&char) => {
                chars.next();
                literal.push(char);
            }
            '{' => {
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Capture(capture(&mut chars, instead)?));
            }
            '}' => {
                return Err("a `}` without its `{`: write `}}` for the character itself".to_owned());
            }
            other => literal.push(other),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// What stands between `{` and `}`; the brace is already read.
fn capture(chars: &mut Peekable<Chars<'_>>, instead: &str) -> Result<Capture, String> {
    let mut inside = String::new();
    loop {
        match chars.next() {
            Some('}') => break,
            Some(other) => inside.push(other),
            None => {
                return Err("a `{` without its `}`: write `{{` for the character itself".to_owned());
            }
        }
    }
    let (name, format) = inside.split_once(':').unwrap_or((&inside, ""));
    let mut parts = name.trim().split('.').map(str::to_owned);
    let root = parts.next().unwrap_or_default();
    let fields: Vec<String> = parts.collect();
    if root.is_empty() {
        return Err(
            "`{}` names nothing: write the argument between the braces, as in `{id}`".to_owned(),
        );
    }
    if !is_name(&root) {
        return Err(format!(
            "`{{{inside}}}` is not an argument: between the braces goes a name, `{{id}}`, or its field, `{{user.id}}`"
        ));
    }
    if let Some(field) = fields
        .iter()
        .find(|field| !is_name(field) && field.parse::<u32>().is_err())
    {
        return Err(format!(
            "`{{{inside}}}`: `{field}` is not a field; {instead}"
        ));
    }
    if format.contains('$') {
        return Err(format!(
            "`{{{inside}}}`: width and precision must be numbers here"
        ));
    }
    Ok(Capture {
        root,
        fields,
        format: format.to_owned(),
    })
}

fn is_name(word: &str) -> bool {
    let mut chars = word.strip_prefix("r#").unwrap_or(word).chars();
    let first = chars
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic());
    first && chars.all(|char| char == '_' || char.is_alphanumeric())
}

/// The names that `text` would capture as a format string, also when it is not one: for callers that must not miss a name.
pub(crate) fn captured(text: &str) -> Vec<String> {
    text.split('{')
        .skip(1)
        .map(|after| {
            after
                .chars()
                .take_while(|char| *char == '_' || char.is_alphanumeric())
                .collect::<String>()
        })
        .filter(|name| is_name(name))
        .collect()
}
