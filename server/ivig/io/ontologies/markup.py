"""RDF/XML of a stranger, looked over by expat before another parser has it: what it declares, how deep and long it is.

The parser that makes triples of it neither ends where elements are nested without end nor counts what entities make.
"""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from ivig.errors import BadInput

_CHUNK = 4096
_LONGEST_PROLOG = 2**17
_LONGEST_ENTITY = 1000
_MOST_LEVELS = 1000
"""Far above any ontology, of which most have less than twenty; but a list may be written with a level for each item."""
_MOST_GROWTH = 10
"""How many times its own length a file may get by its entities. One of `&obo;EX_1` and little else doubles at most."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class _Root(Exception):
    """The first element is reached: what comes before has been looked at."""


def check_prolog(path: Path) -> None:
    """Look at what comes before the first element: entities may abbreviate namespaces, and do nothing else.

    Raises BadInput for what would read other files, or grow without end, or is no RDF.
    """
    seen = bytearray()
    declared: list[str] = []

    def entity(name: str, _parameter: bool, value: str | None, *_where: object) -> None:
        if value is None:
            raise BadInput(f"{path.name}: the entity {name} would read another file; that is refused")
        if "&" in value or "%" in value or len(value) > _LONGEST_ENTITY:
            raise BadInput(
                f"{path.name}: the entity {name} is more than an abbreviation of a namespace; that is refused"
            )
        declared.append(name)

    def doctype(_name: str, system: str | None, _public: str | None, _internal: bool) -> None:
        if system is not None:
            raise BadInput(f"{path.name}: the document type would read another file; that is refused")

    def element(name: str, _attributes: object) -> None:
        if not name.startswith(_RDF):
            raise BadInput(f"{path.name}: XML, but no RDF/XML: it begins with {name.rpartition(' ')[2]}")
        # The parser of triples takes declarations in comments too, and the last of several: none was looked at here.
        if seen[: parser.CurrentByteIndex].count(b"<!ENTITY") != len(declared):
            raise BadInput(f"{path.name}: an entity that is declared twice or in a comment; that is refused")
        raise _Root

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.EntityDeclHandler, parser.StartDoctypeDeclHandler, parser.StartElementHandler = entity, doctype, element
    try:
        with path.open("rb") as file:
            while (read := file.read(_CHUNK)) and file.tell() <= _LONGEST_PROLOG:
                seen += read
                parser.Parse(read)
            parser.Parse(read, not read)
    except _Root:
        return
    except expat.ExpatError as error:
        raise _broken(path.name, error) from error
    raise BadInput(f"{path.name}: XML without an element in its first {_LONGEST_PROLOG} bytes")


class Markup:
    """The content of one file as it goes by. Raises BadInput where it is nested or grows without end, or is no XML."""

    def __init__(self, name: str, most_bytes: int) -> None:
        self._name, self._most_bytes = name, most_bytes
        self._level = self._text = 0
        self._read = self._made = self._longest_entity = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = self._parser.ordered_attributes = True
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.CharacterDataHandler = self._characters

    def feed(self, read: bytes) -> None:
        """What comes next of the file; nothing at its end."""
        try:
            self._parser.Parse(read)
        except expat.ExpatError as error:
            raise _broken(self._name, error) from error
        # Which entity is used each time does not matter: the longest, or the growth would have to be followed.
        self._read += len(read)
        self._made += read.count(b"&") * self._longest_entity
        if self._made > self._most_bytes + _MOST_GROWTH * self._read:
            raise BadInput(f"{self._name}: entities that make it many times longer; that is refused")

    def _entity(self, _name: str, _parameter: bool, value: str | None, *_where: object) -> None:
        self._longest_entity = max(self._longest_entity, len(value or ""))

    def _start(self, _name: str, _attributes: object) -> None:
        self._text = 0
        self._level += 1
        if self._level > _MOST_LEVELS:
            raise BadInput(f"{self._name}: elements nested more than {_MOST_LEVELS} deep; that is refused")

    def _end(self, _name: str) -> None:
        self._text = 0
        self._level -= 1

    def _characters(self, text: str) -> None:
        # Its length in the file is no measure: of entities more is made, and CDATA may be full of the signs of ends.
        self._text += len(text)
        if self._text > self._most_bytes:
            raise BadInput(
                f"{self._name}: a line or a text of more than {self._most_bytes // 2**20} million bytes; "
                "that is refused"
            )


def _broken(name: str, error: expat.ExpatError) -> BadInput:
    return BadInput(f"{name}, line {error.lineno}: {expat.ErrorString(error.code)}")
