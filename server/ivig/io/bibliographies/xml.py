"""XML of bibliographies, read an entry at a time.

XML that declares entities is refused, and no document type is loaded: files name one and need nothing from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from io import StringIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ivig.model.problems import Problem, shown


def elements(text: str, of: str, roots: Collection[str], entries: Collection[str]) -> Iterator[Element | Problem]:
    """The elements of the entries, each with all that it holds, and what is wrong with the file as such.

    :param of: whose XML it is, for messages
    :param roots: what the outermost element may be
    :param entries: what those of the entries are called
    """
    root: Element | None = None
    try:
        for event, element in iterparse(StringIO(text), ("start", "end"), forbid_dtd=False, forbid_entities=True):
            if root is None:
                root = element
                if element.tag not in roots:
                    allowed = f"XML of {of}, whose outermost element is {' or '.join(sorted(roots))}"
                    yield Problem("", "", "", "", f"<{shown(element.tag)}>", allowed)
                    return
            if event == "end" and element.tag in entries:
                yield element
                # Memory does not grow with the file.
                root.clear()
    except ParseError as error:
        yield Problem("", f"line {error.position[0]}", "", "", "", f"well-formed XML: {error}")
    except DefusedXmlException as error:
        yield Problem("", "", "", "", shown(str(error)), "XML that declares no entities and refers to no other file")


def text_at(element: Element, *paths: str) -> str:
    """The text of the first of these paths that has any, without its markup.

    :param element: where the paths begin
    :param paths: as `Element.findall` takes them, in the order in which they are tried
    :returns: the text without spaces around; empty where none has any
    """
    return next((text for path in paths for text in texts_at(element, path)), "")


def texts_at(element: Element, path: str) -> list[str]:
    """The texts at a path, without their markup.

    :param element: where the path begins
    :param path: as `Element.findall` takes it
    :returns: those that are not empty, in the order of the document
    """
    return list(filter(None, ("".join(found.itertext()).strip() for found in element.findall(path))))
