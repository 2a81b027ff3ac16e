"""Rules that no lint knows: short files, nothing left to be done, every option in the README."""

import pathlib
import re
import sys

LIMIT = 400
UNFINISHED = re.compile(r"\b(todo|unimplemented)!\s*[(\[{]")
README = pathlib.Path("cached-attr/README.md")
# What an editor shows for the attribute.
HOVER = pathlib.Path("cached-attr-macros/src/options.md")
OPTIONS = pathlib.Path("cached-attr-macros/src/args/options.rs")


def sources():
    """Every Rust file, those that builds leave behind left out."""
    for path in sorted(pathlib.Path(".").rglob("*.rs")):
        if "target" not in path.parts:
            yield path


def unfinished(path):
    """What is wrong with one file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > LIMIT:
        yield f"{path}: {len(lines)} lines, more than {LIMIT}"
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line.split("//")[0]):
            yield f"{path}:{number}: unfinished"


def options():
    """The README's table, and the one that editors show, say what the attribute takes, no more and no less."""
    taken = re.search(r"^options! \{(.*?)^\}", OPTIONS.read_text(encoding="utf-8"), re.S | re.M)
    taken = [name.replace("krate", "crate") for name in re.findall(r"^    (\w+): ", taken.group(1), re.M)]
    tables = {
        README: README.read_text(encoding="utf-8").partition("## Options")[2].partition("\n## ")[0],
        HOVER: HOVER.read_text(encoding="utf-8"),
    }
    for file, table in tables.items():
        told = re.findall(r"^\| `(\w+)", table, re.M)
        for option in sorted(set(taken) ^ set(told)):
            yield f"{file}: `{option}` is {'not in the table' if option in taken else 'no option'}"


found = [complaint for path in sources() for complaint in unfinished(path)]
found += options()
print("\n".join(found) or "house rules hold")
sys.exit(bool(found))
