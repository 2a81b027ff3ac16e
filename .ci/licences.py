"""Every crate in the lock files of these workspaces has a licence on the list, or offers one that is: licences.py FOLDER…"""

import json
import re
import subprocess
import sys

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
}
TOKEN = re.compile(r"[()]|[^\s()]+(?: WITH [^\s()]+)?")


def accepts(expression):
    """Whether an SPDX expression can be met: `(MIT OR GPL-3.0-only) AND Unicode-3.0`."""
    # `MIT/Apache-2.0` is an older way to write `OR`.
    tokens = TOKEN.findall(expression.replace("/", " OR "))

    def either():
        met = both()
        while tokens[:1] == ["OR"]:
            tokens.pop(0)
            met |= both()
        return met

    def both():
        met = one()
        while tokens[:1] == ["AND"]:
            tokens.pop(0)
            met &= one()
        return met

    def one():
        token = tokens.pop(0)
        if token != "(":
            return token in ALLOWED
        met = either()
        tokens.pop(0)
        return met

    return either()


def dependencies(workspace):
    """What its lock file names that is not in this repository."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", f"{workspace}/Cargo.toml"]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return [package for package in metadata["packages"] if package["source"]]


refused = {
    f"{workspace}: {package['name']} {package['version']}: {package['license'] or 'no licence is declared'}"
    for workspace in sys.argv[1:]
    for package in dependencies(workspace)
    if not accepts(package["license"] or "none")
}
print("\n".join(sorted(refused)) or "every licence is on the list")
sys.exit(bool(refused))
