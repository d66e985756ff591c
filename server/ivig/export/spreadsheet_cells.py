"""Text that a spreadsheet would run as a formula, made harmless."""

from __future__ import annotations

import re

from ivig.export.markup import text_of

_FORMULA = re.compile(r"[=+\-@].|[\t\r]", re.DOTALL)
"""A lone sign, such as the = of a p value, is none."""


def harmless(text: str) -> str:
    """The text with an apostrophe before what would begin a formula, and without characters that no file can hold.

    After the advice of OWASP on CSV injection.

    >>> harmless("=HYPERLINK(A1)"), harmless("IVIG"), harmless("=")
    ("'=HYPERLINK(A1)", 'IVIG', '=')
    """
    text = text_of(text)
    return f"'{text}" if _FORMULA.match(text) else text
