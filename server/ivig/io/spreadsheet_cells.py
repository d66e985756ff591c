"""Text that a spreadsheet would run as a formula, made harmless."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"[=+\-@].|[\t\r]", re.DOTALL)
"""A lone sign, such as the = of a p value, is none."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def harmless(text: str) -> str:
    """The text with an apostrophe before what would begin a formula. After the advice of OWASP on CSV injection.

    >>> harmless("=HYPERLINK(A1)"), harmless("IVIG"), harmless("="), harmless("-0.5")
    ("'=HYPERLINK(A1)", 'IVIG', '=', '-0.5')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
