//! Who may change a cache: who has the token, and is not a page of another origin.

use std::fmt;

use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{StatusCode, Uri};
use sha2::{Digest as _, Sha256};

/// Where the token is sent. A page of another origin cannot set such a header without being let to.
const TOKEN: HeaderName = HeaderName::from_static("x-cached-attr-token");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The digest of a token: comparing digests takes as long whatever they have in common with the right one's text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token([u8; 32]);

impl Token {
    /// None for an empty one.
    pub(crate) fn new(token: &str) -> Option<Self> {
        (!token.is_empty()).then(|| Token::of(token.as_bytes()))
    }

    fn of(token: &[u8]) -> Self {
        Token(Sha256::digest(token).into())
    }
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    ControlIsOff,
    OtherOrigin,
    WrongToken,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Refusal::ControlIsOff | Refusal::OtherOrigin => StatusCode::FORBIDDEN,
            Refusal::WrongToken => StatusCode::UNAUTHORIZED,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::ControlIsOff => "this page only shows: `Inspector::control` turns control on",
            Refusal::OtherOrigin => "the request comes from a page of another origin",
            Refusal::WrongToken => "the token in `x-cached-attr-token` is missing or wrong",
        })
    }
}

/// Whether a request may change a cache.
pub(crate) fn check(token: Option<&Token>, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    let token = token.ok_or(Refusal::ControlIsOff)?;
    if !is_of_this_origin(uri, headers) {
        return Err(Refusal::OtherOrigin);
    }
    match headers.get(TOKEN) {
        Some(sent) if Token::of(sent.as_bytes()) == *token => Ok(()),
        _ => Err(Refusal::WrongToken),
    }
}

/// Browsers say where a request comes from; a script outside of one says nothing, and has to have the token only.
fn is_of_this_origin(uri: &Uri, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE)
        && site != "same-origin"
    {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin = origin.to_str().unwrap_or_default();
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn checked(sent: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        let token = Token::new("right");
        check(token.as_ref(), &Uri::from_static("/"), &headers)
    }

    #[test]
    fn the_right_token_is_needed() {
        assert_eq!(checked(&[]), Err(Refusal::WrongToken));
        for wrong in ["", "wrong", "righ", "rightt"] {
            let sent = checked(&[("x-cached-attr-token", wrong)]);
            assert_eq!(sent, Err(Refusal::WrongToken), "{wrong}");
        }
        assert_eq!(checked(&[("x-cached-attr-token", "right")]), Ok(()));
        assert!(Token::new("").is_none());
    }

    #[test]
    fn another_origin_is_refused_with_the_token_too() {
        let token = ("x-cached-attr-token", "right");
        let host = ("host", "localhost:3000");
        for other in [
            ("origin", "http://evil.example"),
            ("origin", "http://localhost:3001"),
            ("origin", "null"),
            ("origin", ""),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
        ] {
            let sent = checked(&[token, host, other]);
            assert_eq!(sent, Err(Refusal::OtherOrigin), "{other:?}");
        }
        let own = ("origin", "http://localhost:3000");
        let site = ("sec-fetch-site", "same-origin");
        assert_eq!(checked(&[token, host, own, site]), Ok(()));
        assert_eq!(checked(&[token, own]), Err(Refusal::OtherOrigin));
    }
}
