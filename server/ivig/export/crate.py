"""What a package says of itself: a README for people, an RO-Crate for programs, and how to cite it."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from ivig.export.description import ABSTRACT, CREATOR, DATASET, KEYWORDS, LICENCE, TITLE, distribution_title
from ivig.export.formats import FORMATS, format_named
from ivig.export.package_contents import Contents
from ivig.export.package_files import DATA, METADATA, SELECTION, SUMS
from ivig.namespaces import BASE

_ABOUT = {
    "README.md": ("what is in the package", "text/markdown"),
    "LICENSE-DATA": ("the licence of the data", "text/plain"),
    "CITATION.cff": ("how to cite the release", "text/yaml"),
    SELECTION: ("what was asked for, and of which release", "application/json"),
    "query.rq": ("the query that picked the part", "application/sparql-query"),
    "dataset.ttl": ("the graph that the part was taken from, in DCAT and VoID", "text/turtle"),
    DATA: ("the part, graph by graph", "application/n-quads"),
    METADATA: ("the same for programs, as an RO-Crate", "application/ld+json"),
    SUMS: ("the SHA-256 of every other file", "text/plain"),
    "ontology/context.jsonld": ("the context of the JSON-LD", "application/ld+json"),
}
_RELEASED = re.compile(r"""^date-released:\s*["']?(\d{4}-\d{2}-\d{2})\b""", re.MULTILINE)
_IDENTIFIERS = re.compile(r"^identifiers:[ \t]*\n(?P<indent>[ \t]*)(?=- )", re.MULTILINE)


def write_citation(folder: Path, source: Path, digest: str) -> None:
    """The citation file of a graph, with the digest of the release among its identifiers."""
    text = source.read_text(encoding="utf-8").rstrip() + "\n"
    item = f'- type: other\n  value: "sha256:{digest}"\n  description: "Digest of the release"\n'
    if there := _IDENTIFIERS.search(text):
        lines = "".join(there["indent"] + line for line in item.splitlines(keepends=True))
        text = text[: there.start("indent")] + lines + text[there.start("indent") :]
    elif re.search(r"^[\"']?identifiers\b", text, re.MULTILINE):
        # A list written in another way is left as it is: a second one under the same key would break the file.
        text += f"# Digest of the release: sha256:{digest}\n"
    else:
        text += "identifiers:\n" + "".join(f"  {line}" for line in item.splitlines(keepends=True))
    (folder / "CITATION.cff").write_text(text, encoding="utf-8")


def write_readme(folder: Path, contents: Contents) -> None:
    """The package for people."""
    files = "\n".join(f"- `{name}`: {_meaning(folder, name, contents)}" for name in [*names_in(folder), METADATA, SUMS])
    without = f"\n- left out: {contents.without}" if contents.without else ""
    text = f"""# {_title(contents)}

{contents.statements} statements on intravenous immunoglobulin, with everything that they mention.

- asked for: {contents.asked}{without}
- release: `{contents.digest}`
- from: {BASE}

It is no systematic search and no medical advice. To cite it, see `CITATION.cff`, and give the digest of the release.

## What is in it

{files}

## Is it unchanged?

`ivig verify PATH` says so, or names the file that was changed. Without `ivig`: `sha256sum --check {SUMS}`.
"""
    (folder / "README.md").write_text(text, encoding="utf-8")


def write_metadata(folder: Path, contents: Contents) -> None:
    """The description of every file, by the RO-Crate library."""
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate()
    crate.name = f"{_title(contents)} ({contents.statements} statements)"
    crate.description = (
        f"{contents.statements} statements of the {TITLE}, with everything that they mention. "
        f"Asked for: {contents.asked}."
    ) + (f" Left out: {contents.without}." if contents.without else "")
    crate.keywords = list(KEYWORDS)
    if (published := _published(folder)) is None:
        # The library would take the present day, which differs at every export.
        del crate.root_dataset["datePublished"]
    else:
        crate.root_dataset["datePublished"] = published
    if (folder / "LICENSE-DATA").is_file():
        crate.license = crate.add(ContextEntity(crate, LICENCE, {"@type": "CreativeWork", "name": "CC BY 4.0"}))
    who = crate.add(ContextEntity(crate, DATASET + "#contributors", {"@type": "Organization", "name": CREATOR}))
    crate.creator = crate.publisher = who
    # A Dataset would have to be one of the parts of the package.
    whole = {"@type": "CreativeWork", "name": TITLE, "description": ABSTRACT, "version": contents.digest}
    crate.isBasedOn = crate.add(ContextEntity(crate, DATASET, whole))
    crate.root_dataset["version"] = contents.digest
    for name in names_in(folder):
        crate.add_file(
            folder / name,
            name,
            properties={
                "name": _meaning(folder, name, contents),
                "contentSize": str((folder / name).stat().st_size),
                "sha256": digest_of(folder / name),
                "encodingFormat": _media_type(name, contents),
            },
        )
    # Neither its size nor its checksum: it holds that of this description, and is made after it.
    about, media_type = _ABOUT[SUMS]
    crate.add_file(None, SUMS, properties={"name": about, "encodingFormat": media_type})
    crate.metadata.write(folder)


def names_in(folder: Path) -> list[str]:
    """The files of a folder, sorted, by their places in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        total = sha256()
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def _title(contents: Contents) -> str:
    asked = contents.asked
    return f"{TITLE}: {asked if len(asked) <= 200 else asked[:199] + '…'}"


def _published(folder: Path) -> str | None:
    """The day of the release as its citation file has it. No other would be the same wherever the release is built."""
    citation = folder / "CITATION.cff"
    said = _RELEASED.search(citation.read_text("utf-8")) if citation.is_file() else None
    return said[1] if said else None


def _meaning(folder: Path, name: str, contents: Contents) -> str:
    if name in _ABOUT:
        return _ABOUT[name][0]
    room = name.partition("/")[0]
    if room == "data":
        return f"the part as {distribution_title(contents.format_name)}"
    # The files of the graph say in their first line what they are.
    first = (folder / name).read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    said = first.removeprefix("# ").partition(". ")[0].rstrip(". ") if first.startswith("# ") else ""
    if room == "shapes":
        return f"rules that the data are checked by: {said}".rstrip(": ")
    return said or "what the words mean"


def _media_type(name: str, contents: Contents) -> str:
    if name in _ABOUT:
        return _ABOUT[name][1]
    if name.startswith("data/"):
        return format_named(contents.format_name).media_type
    by_suffix = {made.suffix: made.media_type for made in reversed(FORMATS.values())}
    return next((media for suffix, media in by_suffix.items() if name.endswith(suffix)), "application/octet-stream")
