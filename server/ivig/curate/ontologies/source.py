"""A file of a stranger, opened with care: what it is, and a stream that stops where a line or a text has no end."""

from __future__ import annotations

import io
import re
from enum import Enum
from pathlib import Path
from xml.parsers import expat

from ivig.errors import BadInput, NotThere

_MOST_BYTES = 4 * 2**20
"""No name, definition or line of an ontology is longer: what is, would only fill the memory."""
_HEAD_BYTES = 4096
_LONGEST_PROLOG = 2**20
_LONGEST_ENTITY = 1000

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_OBO_CLAUSE = re.compile(rb"\s*(?:!.*\n\s*)*(?:[a-z][a-z_-]*: |\[(?:Term|Typedef|Instance)\])")


class Format(Enum):
    """The formats that ontologies come in, each with what every piece of such a file ends with."""

    OBO = b"\n"
    RDF_XML = b"<"
    OBOGRAPHS = b'"'


def format_of(path: Path) -> Format:
    """The format of a file, by what it begins with. Raises NotThere, or BadInput that says what the file is instead."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror}") from error
    if head.startswith(b"{"):
        return Format.OBOGRAPHS
    if head.startswith(b"<"):
        _check_prolog(path)
        return Format.RDF_XML
    if _OBO_CLAUSE.match(head):
        return Format.OBO
    raise BadInput(f"{path.name}: {_instead(head)}")


def _instead(head: bytes) -> str:
    if not head:
        return "the file is empty"
    if head.startswith((b"\x1f\x8b", b"PK", b"BZh", b"\xfd7zXZ")):
        return "the file is compressed; unpack it first"
    if head.startswith((b"Prefix(", b"Ontology(", b"Prefix:")):
        return "OWL in another syntax than RDF/XML; `robot convert` makes RDF/XML, OBO or obographs JSON of it"
    return "no ontology in OBO, OWL (RDF/XML) or obographs JSON"


class _Root(Exception):
    """The first element is reached: what comes before has been looked at."""


def _check_prolog(path: Path) -> None:
    """Look at what comes before the first element: entities may abbreviate namespaces, and do nothing else.

    Raises BadInput for what would read other files, or grow without end, or is no RDF.
    """

    def entity(name: str, _parameter: bool, value: str | None, *_where: object) -> None:
        if value is None:
            raise BadInput(f"{path.name}: the entity {name} would read another file; that is refused")
        if "&" in value or "%" in value or len(value) > _LONGEST_ENTITY:
            raise BadInput(
                f"{path.name}: the entity {name} is more than an abbreviation of a namespace; that is refused"
            )

    def doctype(_name: str, system: str | None, _public: str | None, _internal: bool) -> None:
        if system is not None:
            raise BadInput(f"{path.name}: the document type would read another file; that is refused")

    def element(name: str, _attributes: object) -> None:
        if not name.startswith(_RDF):
            raise BadInput(f"{path.name}: XML, but no RDF/XML: it begins with {name.rpartition(' ')[2]}")
        raise _Root

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.EntityDeclHandler, parser.StartDoctypeDeclHandler, parser.StartElementHandler = entity, doctype, element
    try:
        with path.open("rb") as file:
            while (read := file.read(_HEAD_BYTES)) and file.tell() <= _LONGEST_PROLOG:
                parser.Parse(read)
            parser.Parse(read, not read)
    except _Root:
        return
    except expat.ExpatError as error:
        raise BadInput(f"{path.name}, line {error.lineno}: {expat.ErrorString(error.code)}") from error
    raise BadInput(f"{path.name}: XML without an element in its first {_LONGEST_PROLOG} bytes")


def one_line(message: str) -> str:
    """What a parser says, which may quote the file, on one line."""
    return " ".join(message.split())


class Guarded(io.RawIOBase):
    """The bytes of a file, as long as its pieces stay short. Raises BadInput where one does not end."""

    def __init__(self, path: Path, format: Format) -> None:
        self._file = path.open("rb")
        self._name, self._end = path.name, format.value
        self._running = 0

    def readable(self) -> bool:
        return True

    # Whoever reads hands in one of these; the base class would also take what cannot be written to by slices.
    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        read = self._file.read(len(buffer))
        last = read.rfind(self._end)
        self._running = self._running + len(read) if last < 0 else len(read) - last
        if self._running > _MOST_BYTES:
            raise BadInput(
                f"{self._name}: a line or a text of more than {_MOST_BYTES // 2**20} million bytes; that is refused"
            )
        buffer[: len(read)] = read
        return len(read)

    def close(self) -> None:
        self._file.close()
        super().close()
