//! One parameter, and the name that it is bound to.

use cached_attr::cached;
use lambda::{Aws, LoadError, load, lookup};

use crate::desk::Desk;

/// The original binds the part after the last `/`: nothing for a trailing slash, and random letters for an ARN. Here the
/// name is the one in the attribute.
#[tokio::test]
async fn l_b3_a_binding_has_the_name_that_is_written_whatever_the_resource_is_called() {
    #[cached(let by_path = load::parameter(aws, "/l_b3/production/app/var").await?, ttl = "60s", skip(aws))]
    #[cached(let no_slash = load::parameter(aws, "l_b3_var").await?, ttl = "60s", skip(aws))]
    #[cached(let by_arn = load::secret(aws, arn).await?, ttl = "60s", skip(aws))]
    #[cached(let folder = load::object(aws, "s3://l-b3/folder/", &known).await?, ttl = "60s", context = known, skip(aws))]
    async fn handler(aws: &Aws, arn: &str) -> Result<[String; 4], LoadError> {
        let folder = String::from_utf8_lossy(folder.bytes());
        Ok([by_path.text()?, no_slash.text()?, by_arn.text()?, &folder].map(str::to_owned))
    }

    let desk = Desk::new();
    let path = "/l_b3/production/app/var";
    desk.seed.parameter(path, "path").await;
    desk.seed.parameter("l_b3_var", "plain").await;
    let arn = desk.seed.secret("/l_b3/prod/db/conn", "arn").await;
    assert!(arn.starts_with("arn:aws:secretsmanager:"), "{arn}");
    desk.bucket("l-b3", "folder/", b"slash").await;

    let bound = handler(&desk.aws, &arn).await.unwrap();
    assert_eq!(bound, ["path", "plain", "arn", "slash"]);
}

#[tokio::test]
async fn l_b9_a_lookup_is_an_ordinary_function_and_shares_what_a_handler_loaded() {
    async fn handler(aws: &Aws) -> Result<usize, LoadError> {
        lookup::parameter(aws, "/l_b9/var").await?;
        deep_inside(aws).await
    }
    async fn deep_inside(aws: &Aws) -> Result<usize, LoadError> {
        let var = lookup::parameter(aws, "/l_b9/var").await?;
        Ok(var.text()?.len())
    }

    let desk = Desk::new();
    desk.seed.parameter("/l_b9/var", "shared").await;
    assert_eq!(handler(&desk.aws).await.unwrap(), 6);
    assert_eq!(deep_inside(&desk.aws).await.unwrap(), 6);
    assert_eq!(desk.wire.count("GetParameter /l_b9/var"), 1);
}

#[tokio::test]
async fn l_b13_one_name_is_get_parameter_a_list_is_get_parameters_and_both_decrypt() {
    let desk = Desk::new();
    let name = "/l_b13/password";
    desk.seed.secure_string(name, "s3cr3t").await;

    let one = load::parameter(&desk.aws, name).await.unwrap();
    let list = load::parameters(&desk.aws, &[name]).await.unwrap();
    assert_eq!(one.text().unwrap(), "s3cr3t");
    assert_eq!(list[name], one);
    let requests = desk.wire.requests().into_iter().map(|sent| sent.label);
    let expected = ["GetParameter /l_b13/password", "GetParameters"];
    assert_eq!(requests.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn l_b14_a_string_list_is_split_at_commas_and_nothing_is_trimmed() {
    let desk = Desk::new();
    desk.seed.string_list("/l_b14/list", "a,,b, c").await;
    desk.seed.parameter("/l_b14/text", "a,,b, c").await;

    let list = load::parameter(&desk.aws, "/l_b14/list").await.unwrap();
    let text = load::parameter(&desk.aws, "/l_b14/text").await.unwrap();
    assert_eq!(list.list().unwrap(), ["a", "", "b", " c"]);
    assert_eq!(text.text().unwrap(), "a,,b, c", "a text stays a text");

    let message = "/l_b14/list is a StringList, not a text: read it as what it is";
    assert_eq!(list.text().unwrap_err().to_string(), message);
    let message = "/l_b14/text is a text, not a StringList: read it as what it is";
    assert_eq!(text.list().unwrap_err().to_string(), message);
}
