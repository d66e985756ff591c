"""OBO files, by fastobo: https://owlcollab.github.io/oboformat/doc/obo-syntax.html

The library holds to the letter of the format, which definitions and cross-references of real files (ECO's, for one)
do not always: it gets the clauses that we ask for, and blank lines in place of the others.
"""

from __future__ import annotations

import io
import re
from typing import IO, Any

from ivig.errors import BadInput
from ivig.io.ontologies.ontology import OBO, OntologyTerm, term_iri
from ivig.io.ontologies.source import one_line

_ASKED_FOR = re.compile(
    rb"\[|(?:format-version|data-version|ontology|id|name|is_a|is_obsolete|replaced_by|consider|alt_id|synonym): "
)
_SYNONYM = re.compile(rb'(synonym: "(?:[^"\\]|\\.)*" (?:EXACT|BROAD|NARROW|RELATED)).*', re.DOTALL)


def read_obo(file: IO[bytes], name: str) -> tuple[str, str, dict[str, OntologyTerm]]:
    """The IRI, the version and the terms of an OBO file. Raises BadInput with the line."""
    import fastobo

    asked_for = _AskedFor(file, name)
    terms: dict[str, OntologyTerm] = {}
    try:
        frames = fastobo.iter(io.BufferedReader(asked_for))
        head = {clause.raw_tag(): clause.raw_value() for clause in frames.header()}
        for frame in frames:
            if isinstance(frame, fastobo.term.TermFrame):
                terms[term_iri(str(frame.id))] = _term(frame)
    except SyntaxError as error:
        raise asked_for.problem or BadInput(f"{name}, line {error.lineno}: {one_line(error.msg)}") from error
    except (OSError, TypeError, ValueError) as error:
        raise asked_for.problem or BadInput(f"{name}: {one_line(str(error))}") from error
    if asked_for.problem:
        raise asked_for.problem
    return _iri(head.get("ontology", "")), head.get("data-version", ""), terms


def _iri(name: str) -> str:
    """The IRI of an ontology, given the name that OBO files have for it: `eco` is http://purl.obolibrary.org/obo/eco.owl."""
    return name if "://" in name or not name else f"{OBO}{name}.owl"


def _term(frame: Any) -> OntologyTerm:
    term = OntologyTerm()
    lists = {
        "is_a": term.parents,
        "replaced_by": term.replaced_by,
        "consider": term.consider,
        "alt_id": term.merged,
    }
    for clause in frame:
        tag = clause.raw_tag()
        if tag == "name":
            term.label = clause.name
        elif tag == "is_obsolete":
            term.deprecated = clause.obsolete
        elif tag == "synonym" and clause.synonym.scope == "EXACT":
            term.synonyms.append(clause.synonym.desc)
        elif tag in lists:
            lists[tag].append(term_iri(str(clause.alt_id if tag == "alt_id" else clause.term)))
    return term


class _AskedFor(io.RawIOBase):
    """The lines that we ask for, and an empty one for every other, so that errors name the right line.

    problem: what was wrong with the file itself; it then ends there, since the library would not pass an error on.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._lines = iter(file)
        self._name, self._number, self._left = name, 0, b""
        self.problem: BadInput | None = None

    def readable(self) -> bool:
        return True

    # Whoever reads hands in one of these; the base class would also take what cannot be written to by slices.
    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while len(self._left) < len(buffer) and self.problem is None:
            try:
                line = next(self._lines, None)
                if line is None:
                    break
                self._number += 1
                self._left += self._asked_for(line)
            except BadInput as error:
                self.problem = error
        read, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(read)] = read
        return len(read)

    def _asked_for(self, line: bytes) -> bytes:
        if not _ASKED_FOR.match(line):
            # What is neither a clause nor a comment is left for the library to refuse.
            return b"\n" if not line.strip() or line.lstrip().startswith(b"!") or b":" in line else line
        if synonym := _SYNONYM.match(line):
            line = synonym[1] + b" []\n"
        try:
            line.decode()
        except UnicodeDecodeError as error:
            raise BadInput(f"{self._name}, line {self._number}: not UTF-8") from error
        return line
