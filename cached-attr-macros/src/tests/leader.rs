use expect_test::expect;

use super::printed;

fn expand(attribute: &str, item: &str) -> String {
    printed(&crate::expand::leader(
        attribute.parse().unwrap(),
        &item.parse().unwrap(),
    ))
}

#[test]
fn an_election_is_one_call_around_the_body() {
    let expansion = expand(
        r#"key = "nightly", ttl = "5m", grace = "20h""#,
        "pub async fn nightly_recompute(db: &Db) -> Option<Report> { db.recompute().await }",
    );
    expect![[r#"
        pub async fn nightly_recompute(db: &Db) -> Option<Report> {
            let __cached_leader = ::cached_attr::tier::Leader::new("nightly")
                .ttl(::core::time::Duration::from_millis(300000))
                .grace(::core::time::Duration::from_millis(72000000))
                .on_unavailable(::cached_attr::tier::OnUnavailable::Skip);
            ::cached_attr::__private::assert_leader::<Option<Report>>();
            ::cached_attr::__private::lead(
                    __cached_leader,
                    ::core::concat!(::core::module_path!(), "::", "nightly_recompute"),
                    ::cached_attr::__private::LeaderType::<0, Option<Report>>::NEW
                        .cached_outcome(),
                    move |__cached_fence: u64| async move {
                        let db = db;
                        if false {
                            return ::cached_attr::__private::never::<Option<Report>>();
                        }
                        db.recompute().await
                    },
                )
                .await
        }
    "#]]
    .assert_eq(&expansion);
}

#[test]
fn a_text_key_is_escaped_and_the_fence_is_the_bodys() {
    let expansion = expand(
        r#"key = "seed:{tenant}:{id:04}", on_unavailable = "run", fence = term"#,
        "async fn seed(tenant: &str, id: u32) -> Result<(), Error> { store(tenant, id, term).await }",
    );
    expect![[r#"
        async fn seed(tenant: &str, id: u32) -> Result<(), Error> {
            let __cached_leader = ::cached_attr::tier::Leader::new(
                    &*::cached_attr::__private::text(
                        ::core::format_args!(
                            "seed:{}:{}", ::cached_attr::__private::escape(& tenant, ":"),
                            ::cached_attr::__private::escape(::core::format_args!("{:04}", id),
                            ":")
                        ),
                    ),
                )
                .ttl(::core::time::Duration::from_millis(30000))
                .grace(::core::time::Duration::from_millis(0))
                .on_unavailable(::cached_attr::tier::OnUnavailable::Run);
            ::cached_attr::__private::assert_leader::<Result<(), Error>>();
            ::cached_attr::__private::lead(
                    __cached_leader,
                    ::core::concat!(::core::module_path!(), "::", "seed"),
                    ::cached_attr::__private::LeaderType::<0, Result<(), Error>>::NEW
                        .cached_outcome(),
                    move |term: u64| async move {
                        let (tenant, id) = (tenant, id);
                        if false {
                            return ::cached_attr::__private::never::<Result<(), Error>>();
                        }
                        store(tenant, id, term).await
                    },
                )
                .await
        }
    "#]]
    .assert_eq(&expansion);
}
