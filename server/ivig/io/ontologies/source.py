"""A file of a stranger, opened with care: what it is, and a stream that stops where a line or a text has no end."""

from __future__ import annotations

import io
import re
from enum import Enum
from pathlib import Path

from ivig.errors import BadInput, NotThere
from ivig.io.ontologies.markup import Markup, check_prolog

_MOST_BYTES = 4 * 2**20
"""No name, definition or line of an ontology is longer: what is, would only fill the memory."""
_HEAD_BYTES = 4096
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"{\x00", b"\x00{")
"""What a text in UTF-16 begins with: a mark, or one of the characters that we look for."""
_OBO_CLAUSE = re.compile(rb"\s*(?:!.*\n\s*)*(?:[a-z][a-z_-]*: |\[(?:Term|Typedef|Instance)\])")


class Format(Enum):
    """The formats that ontologies come in, each with what every piece of such a file ends with."""

    OBO = b"\n"
    RDF_XML = b"<"
    OBOGRAPHS = b'"'


def format_of(path: Path) -> Format:
    """The format of a file, by what it begins with. Raises NotThere, or BadInput that says what the file is instead."""
    try:
        # A pipe would be waited for, and could be read only once.
        if path.exists() and not path.is_file() and not path.is_dir():
            raise BadInput(f"{path}: no regular file")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror}") from error
    if head.startswith(_UTF_16):
        raise BadInput(f"{path.name}: the file is in UTF-16; convert it to UTF-8 first")
    if head.startswith(b"{"):
        return Format.OBOGRAPHS
    if head.startswith(b"<"):
        check_prolog(path)
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


def one_line(message: str) -> str:
    """What a parser says, which may quote the file, on one line."""
    return " ".join(message.split())


class Guarded(io.RawIOBase):
    """The bytes of a file, as long as its pieces stay short and XML in bounds. Raises BadInput where they do not."""

    def __init__(self, path: Path, format: Format) -> None:
        self._file = path.open("rb")
        self._name, self._end = path.name, format.value
        self._running = 0
        self._markup = Markup(path.name, _MOST_BYTES) if format is Format.RDF_XML else None

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
        if self._markup:
            self._markup.feed(read)
        buffer[: len(read)] = read
        return len(read)

    def close(self) -> None:
        self._file.close()
        super().close()
