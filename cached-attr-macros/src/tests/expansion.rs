use expect_test::expect;

use super::expand;

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
                ::cached_attr::__private::Declared::Fixed(60000000000),
                ::core::option::Option::None, id = N
            );
            let __cached_start = __CACHED_SITE
                .start(
                    ::cached_attr::__private::marker::<()>().here(),
                    (user, &id),
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
        #[allow(dead_code, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        pub fn script_cache() -> &'static ::cached_attr::FnCache<
            (::std::string::String, u32),
            String,
        > {
            ::cached_attr::__private::twin(::core::module_path!(), N)
                .cache(
                    ::cached_attr::__private::marker::<()>(),
                    |__cached| __cached.capacity(500),
                )
        }
        /// The key under which [`script`](script()) remembers the answer to these arguments.
        #[allow(dead_code, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
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
        NaNsNyNnNcN NfNnN NnNaNmNeN(N&NsNeNlNfN,N NiNdN:N NuN3N2N)N N-N>N NONpNtNiNoNnN<NSNtNrNiNnNgN>N N{N
        N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NsNiNtNeN!N(N
        N N N N N N N N N_N_NCNANCNHNENDN_NSNINTNEN,N N:N:NcNoNrNeN:N:NcNoNnNcNaNtN!N(N:N:NcNoNrNeN:N:NmNoNdNuNlNeN_NpNaNtNhN!N(N)N,N N"N:N:N"N,N N"NnNaNmNeN"N)N,N
        N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NDNeNcNlNaNrNeNdN:N:NFNiNxNeNdN(N6N0N0N0N0N0N0N0N0N0N0N)N,N
        N N N N N N N N N:N:NcNoNrNeN:N:NoNpNtNiNoNnN:N:NONpNtNiNoNnN:N:NNNoNnNeN,N NiNdN N=N NNN
        N N N N N)N;N
        N N N N NlNeNtN N_N_NcNaNcNhNeNdN_NsNtNaNrNtN N=N N_N_NCNANCNHNENDN_NSNINTNEN
        N N N N N N N N N.NsNtNaNrNtN(N
        N N N N N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NmNaNrNkNeNrN:N:N<N:N:NcNoNrNeN:N:NmNaNrNkNeNrN:N:NPNhNaNnNtNoNmNDNaNtNaN<NSNeNlNfN>N>N(N)N,N
        N N N N N N N N N N N N N&N*N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NtNeNxNtN(N
        N N N N N N N N N N N N N N N N N:N:NcNoNrNeN:N:NfNoNrNmNaNtN_NaNrNgNsN!N(N
        N N N N N N N N N N N N N N N N N N N N N"NaN:N{N}N:N{N}N"N,N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NeNsNcNaNpNeN(N&N NsNeNlNfN.NrNeNgNiNoNnN,N N"N:N"N)N,N
        N N N N N N N N N N N N N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NeNsNcNaNpNeN(N:N:NcNoNrNeN:N:NfNoNrNmNaNtN_NaNrNgNsN!N(N"N{N:N0N4N}N"N,N NiNdN)N,N
        N N N N N N N N N N N N N N N N N N N N N"N:N"N)N
        N N N N N N N N N N N N N N N N N)N,N
        N N N N N N N N N N N N N)N,N
        N N N N N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NpNlNaNiNnN:N:N<NONpNtNiNoNnN<NSNtNrNiNnNgN>N>N(N)N,N
        N N N N N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NMNoNdNeN:N:NnNeNwN(N)N,N
        N N N N N N N N N N N N N|N_N_NcNaNcNhNeNdN|N N{N
        N N N N N N N N N N N N N N N N N_N_NcNaNcNhNeNdN
        N N N N N N N N N N N N N N N N N N N N N.NnNeNgNaNtNiNvNeN_NtNtNlN(N
        N N N N N N N N N N N N N N N N N N N N N N N N N:N:NcNoNrNeN:N:NtNiNmNeN:N:NDNuNrNaNtNiNoNnN:N:NfNrNoNmN_NmNiNlNlNiNsN(N5N0N0N0N)N,N
        N N N N N N N N N N N N N N N N N N N N N N N N N|N_N_NcNaNcNhNeNdN_NvNaNlNuNeN|N N{N
        N N N N N N N N N N N N N N N N N N N N N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NaNbNsNeNnNtN!N(N_N_NcNaNcNhNeNdN_NvNaNlNuNeN)N
        N N N N N N N N N N N N N N N N N N N N N N N N N}N,N
        N N N N N N N N N N N N N N N N N N N N N)N
        N N N N N N N N N N N N N N N N N N N N N.NjNiNtNtNeNrN_NrNaNtNiNoN(N0N.N1NfN6N4N)N
        N N N N N N N N N N N N N}N,N
        N N N N N N N N N)N;N
        N N N N NmNaNtNcNhN N_N_NcNaNcNhNeNdN_NsNtNaNrNtN N{N
        N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NSNtNaNrNtN:N:NHNiNtN(N_N_NcNaNcNhNeNdN_NaNnNsNwNeNrN)N N=N>N N_N_NcNaNcNhNeNdN_NaNnNsNwNeNrN,N
        N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NSNtNaNrNtN:N:NMNiNsNsN(N_N_NcNaNcNhNeNdN_NmNiNsNsN)N N=N>N N{N
        N N N N N N N N N N N N N_N_NcNaNcNhNeNdN_NmNiNsNsN
        N N N N N N N N N N N N N N N N N.NlNoNaNdN(NaNsNyNnNcN NmNoNvNeN N{N
        N N N N N N N N N N N N N N N N N N N N NlNeNtN NiNdN N=N NiNdN;N
        N N N N N N N N N N N N N N N N N N N N NiNfN NfNaNlNsNeN N{N
        N N N N N N N N N N N N N N N N N N N N N N N N NrNeNtNuNrNnN N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NnNeNvNeNrN:N:N<NONpNtNiNoNnN<NSNtNrNiNnNgN>N>N(N)N;N
        N N N N N N N N N N N N N N N N N N N N N}N
        N N N N N N N N N N N N N N N N N N N N NsNeNlNfN.NfNiNnNdN(NiNdN)N.NaNwNaNiNtN
        N N N N N N N N N N N N N N N N N}N)N
        N N N N N N N N N N N N N N N N N.NaNwNaNiNtN
        N N N N N N N N N}N
        N N N N N}N
        N}N
        N#N[NaNlNlNoNwN(NdNeNaNdN_NcNoNdNeN,N NuNnNuNsNeNdN_NlNiNfNeNtNiNmNeNsN,N NnNoNnN_NsNnNaNkNeN_NcNaNsNeN,N NcNlNiNpNpNyN:N:NaNlNlN,N NcNlNiNpNpNyN:N:NpNeNdNaNnNtNiNcN)N]N
        NfNnN NnNaNmNeN_NcNaNcNhNeN(N)N N-N>N N&N'NsNtNaNtNiNcN N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:NFNnNCNaNcNhNeN<N
        N N N N N:N:NsNtNdN:N:NsNtNrNiNnNgN:N:NSNtNrNiNnNgN,N
        N N N N NONpNtNiNoNnN<NSNtNrNiNnNgN>N,N
        N>N N{N
        N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NtNwNiNnN(N:N:NcNoNrNeN:N:NmNoNdNuNlNeN_NpNaNtNhN!N(N)N,N NNN)N
        N N N N N N N N N.NcNaNcNhNeN:N:N<N
        N N N N N N N N N N N N N:N:NsNtNdN:N:NsNtNrNiNnNgN:N:NSNtNrNiNnNgN,N
        N N N N N N N N N N N N NONpNtNiNoNnN<NSNtNrNiNnNgN>N,N
        N N N N N N N N N N N N N_N,N
        N N N N N N N N N>N(N
        N N N N N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NmNaNrNkNeNrN:N:N<N:N:NcNoNrNeN:N:NmNaNrNkNeNrN:N:NPNhNaNnNtNoNmNDNaNtNaN<NSNeNlNfN>N>N(N)N,N
        N N N N N N N N N N N N N|N_N_NcNaNcNhNeNdN|N N{N
        N N N N N N N N N N N N N N N N N_N_NcNaNcNhNeNdN
        N N N N N N N N N N N N N N N N N N N N N.NnNeNgNaNtNiNvNeN_NtNtNlN(N
        N N N N N N N N N N N N N N N N N N N N N N N N N:N:NcNoNrNeN:N:NtNiNmNeN:N:NDNuNrNaNtNiNoNnN:N:NfNrNoNmN_NmNiNlNlNiNsN(N5N0N0N0N)N,N
        N N N N N N N N N N N N N N N N N N N N N N N N N|N_N_NcNaNcNhNeNdN_NvNaNlNuNeN|N N{N
        N N N N N N N N N N N N N N N N N N N N N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NaNbNsNeNnNtN!N(N_N_NcNaNcNhNeNdN_NvNaNlNuNeN)N
        N N N N N N N N N N N N N N N N N N N N N N N N N}N,N
        N N N N N N N N N N N N N N N N N N N N N)N
        N N N N N N N N N N N N N N N N N N N N N.NjNiNtNtNeNrN_NrNaNtNiNoN(N0N.N1NfN6N4N)N
        N N N N N N N N N N N N N}N,N
        N N N N N N N N N)N
        N}N
        N#N[NaNlNlNoNwN(NdNeNaNdN_NcNoNdNeN,N NuNnNuNsNeNdN_NlNiNfNeNtNiNmNeNsN,N NnNoNnN_NsNnNaNkNeN_NcNaNsNeN,N NcNlNiNpNpNyN:N:NaNlNlN,N NcNlNiNpNpNyN:N:NpNeNdNaNnNtNiNcN)N]N
        NfNnN NnNaNmNeN_NkNeNyN(N&NsNeNlNfN,N NiNdN:N NuN3N2N)N N-N>N N:N:NsNtNdN:N:NsNtNrNiNnNgN:N:NSNtNrNiNnNgN N{N
        N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NoNwNnN(N
        N N N N N N N N N&N*N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NtNeNxNtN(N
        N N N N N N N N N N N N N:N:NcNoNrNeN:N:NfNoNrNmNaNtN_NaNrNgNsN!N(N
        N N N N N N N N N N N N N N N N N"NaN:N{N}N:N{N}N"N,N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NeNsNcNaNpNeN(N&N NsNeNlNfN.NrNeNgNiNoNnN,N N"N:N"N)N,N
        N N N N N N N N N N N N N N N N N:N:NcNaNcNhNeNdN_NaNtNtNrN:N:N_N_NpNrNiNvNaNtNeN:N:NeNsNcNaNpNeN(N:N:NcNoNrNeN:N:NfNoNrNmNaNtN_NaNrNgNsN!N(N"N{N:N0N4N}N"N,N NiNdN)N,N N"N:N"N)N
        N N N N N N N N N N N N N)N,N
        N N N N N N N N N)N,N
        N N N N N)N
        N}N
        N"#]]
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
                ::cached_attr::__private::Declared::Fixed(30000000000),
                ::core::option::Option::None, id = N
            );
            let url = {
                let __cached_load = ::core::pin::pin!(async { parameter(stage). await });
                let __cached_start = __CACHED_SITE_url
                    .start(
                        ::cached_attr::__private::marker::<()>().here(),
                        stage,
                        ::cached_attr::__private::remembered(
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
        #[allow(dead_code, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        fn handler_url_cache() -> &'static ::cached_attr::FnCache<
            ::std::string::String,
            impl ::cached_attr::Stored,
        > {
            let __cached_shape = if false {
                let stage: &str = ::cached_attr::__private::never();
                let __cached_load = async { parameter(stage).await };
                ::core::option::Option::Some(
                    ::cached_attr::__private::remembered(
                            ::cached_attr::__private::returned_by(&__cached_load)
                                .cached_kind()
                                .cached_shape(),
                        )
                        .shape(),
                )
            } else {
                ::core::option::Option::None
            };
            ::cached_attr::__private::twin(::core::module_path!(), N)
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
        #[allow(dead_code, unused_lifetimes, non_snake_case, clippy::all, clippy::pedantic)]
        fn handler_url_key(stage: &str) -> ::std::string::String {
            ::cached_attr::__private::own(stage)
        }
    "#]]
    .assert_eq(&without_ids(&expansion));
}

/// The number by which a companion finds its function depends on what was expanded before, and so may the line
/// it stands on.
fn without_ids(expansion: &str) -> String {
    let mut text = expansion.to_owned();
    for part in expansion.split("id = ").skip(1) {
        let id: String = part.chars().take_while(char::is_ascii_digit).collect();
        text = text.replace(&id, "N");
    }
    text
}
