"""Text that a spreadsheet would run as a formula, made harmless."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"[=+\-@].|[\t\r]", re.DOTALL)
"""A lone sign, such as the = of a p value, is none."""
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def harmless(text: str) -> str:
    """The text with an apostrophe before what would begin a formula, and without characters that no file can hold.

    After the advice of OWASP on CSV injection.

    >>> harmless("=HYPERLINK(A1)"), harmless("IVIG"), harmless("=")
    ("'=HYPERLINK(A1)", 'IVIG', '=')
    """
    text = _NOT_IN_XML.sub(" ", text)
    return f"'{text}" if _FORMULA.match(text) else text
