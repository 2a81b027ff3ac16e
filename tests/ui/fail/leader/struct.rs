use cached_attr::leader;

#[leader(key = "seed")]
struct Seed;

fn main() {
    let _ = Seed;
}
