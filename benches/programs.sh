# Programs whose functions remember, one program for each contender: sourced with `here` (this folder), `place` (where
# they go) and `functions` (how many each has).

declare -A DEPENDENCY=(
  [plain]=''
  [ours]="cached-attr = { path = \"$here/../cached-attr\" }"
  [cached]='cached = { version = "4.1", features = ["async"] }'
  [moka]='moka = { version = "0.12.16", features = ["future"] }'
)
declare -A TITLE=([ours]='`cached-attr`' [cached]='`#[cached(ttl)]`' [concurrent]='`#[concurrent_cached(ttl)]`' [moka]='moka by hand')
DEPENDENCY[concurrent]=${DEPENDENCY[cached]}

# One function of a contender: its number, its value type.
function_of() {
  local contender=$1 number=$2 value=$3
  local signature="async fn f$number(name: &str, number: u32) -> $value"
  local body="$value(name.len() as u64 + u64::from(number))"
  local key='key = "(String, u32)", convert = { (name.to_owned(), number) }'
  case $contender in
    plain) echo "$signature { $body }" ;;
    ours) echo "#[cached_attr::cached(ttl = \"60s\")] $signature { $body }" ;;
    cached) echo "#[cached::macros::cached(ttl_secs = 60, $key)] $signature { $body }" ;;
    concurrent) echo "#[cached::macros::concurrent_cached(ttl_secs = 60, $key)] $signature { $body }" ;;
    moka)
      cat <<RUST
$signature {
    static CACHE: std::sync::LazyLock<moka::future::Cache<(String, u32), $value>> = std::sync::LazyLock::new(|| {
        moka::future::Cache::builder().max_capacity(10_000).time_to_live(std::time::Duration::from_secs(60)).build()
    });
    let key = (name.to_owned(), number);
    if let Some(value) = CACHE.get(&key).await { return value; }
    let value = $body;
    CACHE.insert(key, value.clone()).await;
    value
}
RUST
      ;;
  esac
}

# A program that calls all its functions: one that nobody calls is not compiled to the end.
crate() {
  local name=$1 contender=$2 types=$3 count=$4
  mkdir -p "$place/$name/src"
  cat >"$place/$name/Cargo.toml" <<TOML
[package]
name = "$name"
version = "0.0.0"
edition = "2024"
[dependencies]
tokio = { version = "1.54", features = ["rt", "sync", "time"] }
${DEPENDENCY[$contender]}
TOML
  {
    echo '#![allow(dead_code)]'
    for ((i = 0; i < count; i++)); do echo "#[derive(Clone)] pub struct V$i(pub u64);"; done
    for ((i = 0; i < count; i++)); do
      function_of "$contender" "$i" "V$((types == 1 ? 0 : i))"
    done
    echo 'fn main() { let calls: Vec<std::pin::Pin<Box<dyn Future<Output = u64> + Send>>> = vec!['
    for ((i = 0; i < count; i++)); do echo "Box::pin(async { f$i(\"name\", $i).await.0 }),"; done
    echo ']; tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()'
    echo '.block_on(async { for call in calls { call.await; } }); }'
  } >"$place/$name/src/main.rs"
}

# The workspace of them all, with the versions that the benches are locked to.
workspace() {
  echo '[workspace]
resolver = "3"
members = ["*-[0-9]*"]
exclude = ["target"]' >"$place/Cargo.toml"
  cp "$here/Cargo.lock" "$place/Cargo.lock"
}
