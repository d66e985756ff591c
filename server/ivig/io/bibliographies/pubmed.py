"""What the two formats of PubMed, XML and MEDLINE, have in common."""

from __future__ import annotations

import re
from collections.abc import Collection

from ivig.io.bibliographies.publication import Kind, Retraction

_ABBREVIATION = re.compile(r"(?:\.\.|\b\w\.\w\.)$")


def title(text: str) -> str:
    """A title without the full stop that PubMed puts after each.

    >>> title("Intravenous immunoglobulin in livedoid vasculitis."), title("Use of IVIG in the U.S.")
    ('Intravenous immunoglobulin in livedoid vasculitis', 'Use of IVIG in the U.S.')
    """
    text = text.strip()
    return text if _ABBREVIATION.search(text) else text.removesuffix(".")


def retraction(publication_types: Collection[str], retracted_in: object) -> Retraction:
    """Whether PubMed says that it is retracted. retracted_in: the notices that retract it, if any.

    The notice itself is a "Retraction of Publication", and not retracted.
    """
    return "retracted" if "Retracted Publication" in publication_types or retracted_in else "not checked"


def kind(publication_types: Collection[str]) -> Kind:
    """The kind of a publication that is not in a book."""
    return "preprint" if "Preprint" in publication_types else "article"
