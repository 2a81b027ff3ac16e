//! Who calls. A token is verified on every request: whether it is valid is not cached, since a revoked key must stop it.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::{ApiError, App};

/// What a token says.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Claims {
    /// What its bearer may do.
    pub role: Role,
    /// Whose experiments and jobs are shown.
    pub user_number: i64,
    /// Its end, in seconds since 1970.
    pub exp: u64,
}

/// What a bearer may do.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything.
    Staff,
    /// See what is their own.
    User,
}

/// The key that signs and verifies tokens.
#[derive(Clone)]
pub struct Keys {
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl Keys {
    /// The key made of this secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self {
            signing: EncodingKey::from_secret(secret.as_bytes()),
            verifying: DecodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// A token that says this.
    pub fn token(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.signing)
    }

    fn verify(&self, token: &str) -> Option<Claims> {
        let rules = Validation::new(Algorithm::HS256);
        let decoded = jsonwebtoken::decode(token, &self.verifying, &rules);
        decoded.ok().map(|decoded| decoded.claims)
    }
}

impl FromRequestParts<App> for Claims {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION);
        let token = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        token
            .and_then(|token| app.keys.verify(token))
            .ok_or(ApiError::Forbidden)
    }
}

/// A member of staff. As an argument of a handler it is checked before the handler begins, and so before any cache.
pub(crate) struct Staff;

impl FromRequestParts<App> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Claims::from_request_parts(parts, app).await?.role {
            Role::Staff => Ok(Self),
            Role::User => Err(ApiError::Forbidden),
        }
    }
}
