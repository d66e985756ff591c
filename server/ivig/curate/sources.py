"""Checks of the passages against the source documents that they were taken from.

The documents are other people's text and do not travel with the graph; whoever has them can check that every passage
still stands where the graph says, unchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from ivig.errors import NotThere
from ivig.namespaces import PREF_LABEL, TERMS


@dataclass(frozen=True)
class StatedPassage:
    """What the graph says of a passage.

    :param source: the label of its source document
    :param file_name: of that document
    :param number: of the passage in the document
    :param start: offset of its first character, in Unicode code points
    :param end: offset behind its last character, in Unicode code points
    :param sha256: of its text, hexadecimal
    """

    source: str
    file_name: str
    number: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True)
class PassageCheck:
    """One passage and what was found.

    :param passage: what the graph says of it
    :param problem: empty where it stands unchanged
    """

    passage: StatedPassage
    problem: str


def stated_passages(triples: Iterable[Triple]) -> list[StatedPassage]:
    """Every passage in the triples, in the order of source and number."""
    values: dict[str, dict[str, str]] = {}
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and not isinstance(triple.object, Triple):
            values.setdefault(triple.subject.value, {})[triple.predicate.value] = triple.object.value
    found = []
    for thing in values.values():
        if TERMS + "start" in thing:
            source = values[thing[TERMS + "source"]]
            found.append(
                StatedPassage(
                    source=source[PREF_LABEL],
                    file_name=source[TERMS + "fileName"],
                    number=thing[TERMS + "number"],
                    start=int(thing[TERMS + "start"]),
                    end=int(thing[TERMS + "end"]),
                    sha256=thing[TERMS + "sha256"],
                )
            )
    return sorted(found, key=lambda passage: (passage.source, passage.number))


def check_passages(passages: Iterable[StatedPassage], folder: Path) -> Iterator[PassageCheck]:
    """Each passage, looked up in the documents of `folder`.

    A document that is not UTF-8 fails passage by passage.

    :param passages: what the graph says of them
    :param folder: where the documents are, by their file names
    :raises NotThere: where the folder or a document is missing
    """
    if not folder.is_dir():
        raise NotThere(f"{folder} is no folder")
    texts: dict[str, str | None] = {}
    for passage in passages:
        if passage.file_name not in texts:
            texts[passage.file_name] = _text(folder / passage.file_name)
        text = texts[passage.file_name]
        yield PassageCheck(passage, "the document is not UTF-8" if text is None else _problem(passage, text))


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        return None
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror}") from error


def _problem(passage: StatedPassage, text: str) -> str:
    if passage.end > len(text):
        return f"ends at {passage.end}, but the document has {len(text)} code points"
    if _sha256(text[passage.start : passage.end]) == passage.sha256:
        return ""
    position = 0
    for line in text.split("\n"):
        if _sha256(line) == passage.sha256:
            return f"moved: stated at {passage.start}, found at {position}"
        position += len(line) + 1
    return "the text differs from the one that was read"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
