use expect_test::expect;

use super::{expand, invalidates};

#[test]
fn the_simplest_function_stays_small() {
    let expansion = expand(r#"ttl = "1m""#, "async fn f(a: u32) -> u32 { a }");
    println!("{expansion}");
    assert!(
        expansion.lines().count() <= 40,
        "{} lines",
        expansion.lines().count()
    );
}

#[test]
fn an_attribute_becomes_one_call_and_two_companions() {
    let expansion = expand(
        r#"ttl = "1m", capacity = 500, skip(db), bypass = is_test(user)"#,
        "pub async fn script(db: &Db, user: &str, id: u32) -> Result<String, Error> { db.get(user).await }",
    );
    expect![[r#"
        pub async fn script(db: &Db, user: &str, id: u32) -> Result<String, Error> {
            ::cached_attr::__private::site!(
                __CACHED_SITE, ::core::concat!(::core::module_path!(), "::", "script"),
                ::cached_attr::__private::DeclaredTtl::Fixed(60000000000),
                ::core::option::Option::None, id = N
            );
            if false {
                let _ = &db;
            }
            let __cached_start = __CACHED_SITE
                .start(
                    ::cached_attr::__private::marker::<()>().here(),
                    ::cached_attr::__private::call_key((user, &id)),
                    ::cached_attr::__private::Returns::<Result<String, Error>>::NEW
                        .cached_kind()
                        .cached_shape(),
                    ::cached_attr::__private::Mode::new().bypass(is_test(user)),
                    |__cached| __cached.capacity(500),
                );
            match __cached_start {
                ::cached_attr::__private::Start::Hit(__cached_answer) => __cached_answer,
                ::cached_attr::__private::Start::Miss(__cached_miss) => {
                    __cached_miss
                        .load(async move {
                            let (db, user) = (db, user);
                            if false {
                                return ::cached_attr::__private::never::<
                                    Result<String, Error>,
                                >();
                            }
                            db.get(user).await
                        })
                        .await
                }
            }
        }
        /// The cache of [`script`](script()).
        #[allow(unused, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        pub fn script_cache() -> &'static ::cached_attr::FnCache<
            (::std::string::String, u32),
            String,
        > {
            ::cached_attr::__private::site_at(::core::module_path!(), N)
                .cache(
                    ::cached_attr::__private::marker::<()>(),
                    |__cached| __cached.capacity(500),
                )
        }
        /// The key of these arguments in the cache of [`script`](script()).
        #[allow(unused, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        pub fn script_key(user: &str, id: u32) -> (::std::string::String, u32) {
            ::cached_attr::__private::own((user, &id))
        }
    "#]]
    .assert_eq(&without_ids(&expansion));
}

#[test]
fn a_text_key_is_escaped_and_a_method_names_its_own_companion() {
    let expansion = expand(
        r#"ttl = "1m", key = "a:{self.region}:{id:04}", negative_ttl = "5s", jitter = "10%""#,
        "async fn name(&self, id: u32) -> Option<String> { self.find(id).await }",
    );
    expect![[r#"
        async fn name(&self, id: u32) -> Option<String> {
            ::cached_attr::__private::site!(
                __CACHED_SITE, ::core::concat!(::core::module_path!(), "::", "name"),
                ::cached_attr::__private::DeclaredTtl::Fixed(60000000000),
                ::core::option::Option::None, id = N
            );
            let __cached_start = __CACHED_SITE
                .start(
                    ::cached_attr::__private::marker::<::core::marker::PhantomData<Self>>(),
                    ::cached_attr::__private::call_key(
                        &*::cached_attr::__private::text(
                            ::core::format_args!(
                                "a:{}:{}", ::cached_attr::__private::escape(& self.region, ":"),
                                ::cached_attr::__private::escape(::core::format_args!("{:04}",
                                id), ":")
                            ),
                        ),
                    ),
                    ::cached_attr::__private::plain::<Option<String>>(),
                    ::cached_attr::__private::Mode::new(),
                    |__cached| {
                        __cached
                            .of_type::<Self>()
                            .negative_ttl(
                                ::core::time::Duration::from_millis(5000),
                                |__cached_value| {
                                    ::cached_attr::__private::absent!(__cached_value)
                                },
                            )
                            .jitter_ratio(0.1f64)
                    },
                );
            match __cached_start {
                ::cached_attr::__private::Start::Hit(__cached_answer) => __cached_answer,
                ::cached_attr::__private::Start::Miss(__cached_miss) => {
                    __cached_miss
                        .load(async move {
                            let id = id;
                            if false {
                                return ::cached_attr::__private::never::<Option<String>>();
                            }
                            self.find(id).await
                        })
                        .await
                }
            }
        }
        #[allow(unused, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        fn name_cache() -> &'static ::cached_attr::FnCache<
            ::std::string::String,
            Option<String>,
        > {
            ::cached_attr::__private::site_at(::core::module_path!(), N)
                .cache::<
                    ::std::string::String,
                    Option<String>,
                    _,
                >(
                    ::cached_attr::__private::marker::<::core::marker::PhantomData<Self>>(),
                    |__cached| {
                        __cached
                            .of_type::<Self>()
                            .negative_ttl(
                                ::core::time::Duration::from_millis(5000),
                                |__cached_value| {
                                    ::cached_attr::__private::absent!(__cached_value)
                                },
                            )
                            .jitter_ratio(0.1f64)
                    },
                )
        }
        #[allow(unused, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        fn name_key(&self, id: u32) -> ::std::string::String {
            ::cached_attr::__private::own(
                &*::cached_attr::__private::text(
                    ::core::format_args!(
                        "a:{}:{}", ::cached_attr::__private::escape(& self.region, ":"),
                        ::cached_attr::__private::escape(::core::format_args!("{:04}", id), ":")
                    ),
                ),
            )
        }
    "#]]
    .assert_eq(&without_ids(&expansion));
}

#[test]
fn a_resource_becomes_a_call_that_is_polled_beside_the_others() {
    let expansion = expand(
        r#"let url = parameter(stage).await?, ttl = "30s""#,
        "async fn handler(stage: &str) -> Result<String, Error> { Ok(url) }",
    );
    expect![[r#"
        async fn handler(stage: &str) -> Result<String, Error> {
            ::cached_attr::__private::site!(
                __CACHED_SITE_url, ::core::concat!(::core::module_path!(), "::", "handler.url"),
                ::cached_attr::__private::DeclaredTtl::Fixed(30000000000),
                ::core::option::Option::None, id = N
            );
            let url = {
                let __cached_load = ::core::pin::pin!(async { parameter(stage). await });
                let __cached_start = __CACHED_SITE_url
                    .start(
                        ::cached_attr::__private::marker::<()>().here(),
                        ::cached_attr::__private::call_key(stage),
                        ::cached_attr::__private::storable(
                                ::cached_attr::__private::returned_by(&__cached_load)
                                    .cached_kind()
                                    .cached_shape(),
                            )
                            .shape(),
                        ::cached_attr::__private::Mode::new(),
                        |__cached| __cached,
                    );
                __cached_start.resolve(__cached_load).await
            }?;
            Ok(url)
        }
        #[allow(unused, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        fn handler_url_cache() -> &'static ::cached_attr::FnCache<
            ::std::string::String,
            impl ::cached_attr::CacheValue,
        > {
            let __cached_shape = if false {
                let stage: &str = ::cached_attr::__private::never();
                let __cached_load = async { parameter(stage).await };
                ::core::option::Option::Some(
                    ::cached_attr::__private::storable(
                            ::cached_attr::__private::returned_by(&__cached_load)
                                .cached_kind()
                                .cached_shape(),
                        )
                        .shape(),
                )
            } else {
                ::core::option::Option::None
            };
            ::cached_attr::__private::site_at(::core::module_path!(), N)
                .cache_of::<
                    ::std::string::String,
                    _,
                    _,
                >(
                    &__cached_shape,
                    ::cached_attr::__private::marker::<()>(),
                    ::core::convert::identity,
                )
        }
        #[allow(unused, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        fn handler_url_key(stage: &str) -> ::std::string::String {
            ::cached_attr::__private::own(stage)
        }
    "#]]
    .assert_eq(&without_ids(&expansion));
}

#[test]
fn tags_are_computed_on_a_miss() {
    let expansion = expand(
        r#"ttl = "1m", skip(tenant), tags = ["all", "tenant:{tenant.id}", "{tenant.id}/{id:04}"]"#,
        "async fn name(tenant: &Tenant, id: u32) -> u32 { id }",
    );
    let (hit, miss) = expansion.split_once("Start::Miss").unwrap();
    assert!(!hit.contains("tag("), "{hit}");
    let (_, miss) = miss.split_once("__cached_miss\n").unwrap();
    let (tags, _) = miss.split_once(".load(").unwrap();
    expect![[r#"
        .tagged(|| [
                            ::cached_attr::__private::tag(::core::format_args!("all",)),
                            ::cached_attr::__private::tag(
                                ::core::format_args!("tenant:{}", tenant.id),
                            ),
                            ::cached_attr::__private::tag(
                                ::core::format_args!(
                                    "{}/{}", ::cached_attr::__private::escape(& tenant.id, "/"),
                                    ::cached_attr::__private::escape(::core::format_args!("{:04}",
                                    id), "/")
                                ),
                            ),
                        ])"#]]
    .assert_eq(tags.trim());
}

#[test]
fn a_writer_takes_its_tags_before_its_body_runs() {
    let expansion = invalidates(
        r#"order(id), tag("tenant:{tenant}"), before"#,
        "async fn import(tenant: String, id: u32) { drop(tenant); }",
    );
    expect![[r#"
        async fn import(tenant: String, id: u32) {
            let __cached_tag_0 = ::cached_attr::__private::tag(
                ::core::format_args!("tenant:{}", tenant),
            );
            let __cached_key_0 = order_key({
                let __cached_cloned = ::core::clone::Clone::clone(&id);
                __cached_cloned
            });
            let _ = order_cache().invalidate(&__cached_key_0).await;
            let _ = ::cached_attr::invalidate_tag(&__cached_tag_0).await;
            let __cached_abort = ::cached_attr::__private::on_abort(|| {
                order_cache().forget(&__cached_key_0);
                ::cached_attr::__private::forget_tag(&__cached_tag_0);
            });
            let __cached_answer = async move {
                let tenant = tenant;
                if false {
                    return ::cached_attr::__private::never::<()>();
                }
                drop(tenant);
            }
                .await;
            __cached_abort.disarm();
            if ::cached_attr::__private::ReturnType::succeeded(
                &::cached_attr::__private::Returns::<()>::NEW.cached_kind().cached_shape(),
                &__cached_answer,
            ) {
                let _ = order_cache().invalidate(&__cached_key_0).await;
                let _ = ::cached_attr::invalidate_tag(&__cached_tag_0).await;
            }
            __cached_answer
        }
    "#]]
    .assert_eq(&expansion);
}

/// The number by which a companion finds its function depends on what was expanded before, and so may the line
/// it stands on.
fn without_ids(expansion: &str) -> String {
    let mut text = expansion.to_owned();
    for part in expansion.split("id = ").skip(1) {
        let id: String = part.chars().take_while(char::is_ascii_digit).collect();
        // `let id = id;` in a body is not one of ours.
        if !id.is_empty() {
            text = text.replace(&id, "N");
        }
    }
    text
}
