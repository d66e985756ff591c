"""Names as people type them, brought to one form, so that a label can be found in any case and without its accents."""

from __future__ import annotations

import unicodedata

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"})


def normal(name: str) -> str:
    """The form under which a name is kept and looked up.

    >>> normal("  Guillain\u2013Barré   Syndrome ")
    'guillain-barre syndrome'
    """
    # Compatibility forms first, since some turn into capitals, and again after, since some small letters come apart.
    text = unicodedata.normalize("NFKD", name).translate(_APOSTROPHES).casefold()
    text = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in text if not unicodedata.combining(char)).casefold().split())
