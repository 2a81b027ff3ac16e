//! Secrets.

use lambda::{LoadError, load};

use crate::desk::Desk;

#[tokio::test]
async fn l_b17_a_secret_is_its_current_text_or_else_its_current_bytes() {
    let desk = Desk::new();
    let binary = [0, 159, 146, 150];
    desk.seed.secret("/l_b17/text", "v1").await;
    desk.seed.rotate_secret("/l_b17/text", "v2").await;
    desk.seed.binary_secret("/l_b17/bytes", &binary).await;

    let text = load::secret(&desk.aws, "/l_b17/text").await.unwrap();
    assert_eq!(text.text().unwrap(), "v2", "not the previous version");
    let bytes = load::secret(&desk.aws, "/l_b17/bytes").await.unwrap();
    assert_eq!(bytes.bytes().unwrap(), binary);

    let message = "/l_b17/bytes is a binary secret, not a text: read it as what it is";
    assert_eq!(bytes.text().unwrap_err().to_string(), message);
    let message = "/l_b17/text is a text secret, not binary: read it as what it is";
    assert_eq!(text.bytes().unwrap_err().to_string(), message);
}

#[tokio::test]
async fn values_are_not_printed_neither_themselves_nor_in_an_error() {
    let desk = Desk::new();
    desk.seed.secret("/printed/secret", "hunter2").await;
    desk.seed.secure_string("/printed/text", "hunter2").await;
    let secret = load::secret(&desk.aws, "/printed/secret").await.unwrap();
    let parameter = load::parameter(&desk.aws, "/printed/text").await.unwrap();
    let errors = (secret.bytes().unwrap_err(), parameter.list().unwrap_err());
    let printed = format!("{secret:?} {parameter:?} {} {errors:?}", errors.0);
    assert!(printed.starts_with("Secret(/printed/secret) Parameter(/printed/text) "));
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[tokio::test]
async fn a_secret_that_does_not_exist_is_missing_by_name() {
    let desk = Desk::new();
    let error = load::secret(&desk.aws, "/no/such/secret").await;
    let error = error.unwrap_err();
    assert!(
        matches!(&error, LoadError::Missing { names, .. } if names == &["/no/such/secret"]),
        "{error:?}"
    );
}
