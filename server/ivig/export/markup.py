"""XML written as it comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from ivig.export.columns import Cell

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Markup:
    """An XML document under way."""

    def __init__(self, out: BinaryIO) -> None:
        self._xml = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)
        self._xml.startDocument()

    @contextmanager
    def within(self, name: str, **attributes: Cell) -> Iterator[None]:
        """An element around what is written inside."""
        self._xml.startElement(name, AttributesImpl({key: text_of(value) for key, value in attributes.items()}))
        yield
        self._xml.endElement(name)
        self._xml.ignorableWhitespace("\n")

    def element(self, name: str, content: Cell = None, **attributes: Cell) -> None:
        """An element with a text, or with nothing in it."""
        self._xml.startElement(name, AttributesImpl({key: text_of(value) for key, value in attributes.items()}))
        if content is not None:
            self._xml.characters(text_of(content))
        self._xml.endElement(name)


def text_of(value: Cell) -> str:
    """A value as XML Schema writes it, without characters that XML cannot hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_IN_XML.sub(" ", "" if value is None else str(value))
