"""What a SPARQL text asks for, as far as must be known before it runs: whether it names its dataset, whether it leaves
the house. Strings, comments and IRIs are looked over, so that a word in them is not taken for a keyword.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_TOKEN = re.compile(
    r"""
    (?P<skip> \#[^\n\r]*
      | <[^<>"{}|^`\\\x00-\x20]*>
      | '''(?:(?:'|'')?(?:[^'\\]|\\.))*''' | \"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"
      | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*" )
  | (?P<word> [?$@]?[\w\-.]*(?::[\w\-.%]*|[\w\-.%]) )
    """,
    re.VERBOSE | re.DOTALL,
)

UPDATE_KEYWORDS = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"])


def keywords(query: str) -> list[str]:
    """The bare words of a query in capitals, in order: keywords and function names, no variables, names or strings.

    >>> keywords('SELECT ?from # FROM\\nFROM <urn:FROM> { ?s ex:SERVICE "SERVICE" }')
    ['SELECT', 'FROM']
    """
    found = []
    for match in _TOKEN.finditer(_unescaped(query)):
        word = match["word"]
        if word and ":" not in word and word[0] not in "?$@":
            found.append(word.upper())
    return found


def names_its_dataset(words: list[str]) -> bool:
    """Whether a query has a FROM or FROM NAMED clause, given its keywords."""
    return "FROM" in words


def calls_another_server(words: list[str]) -> bool:
    """Whether a query has a SERVICE clause, given its keywords."""
    return "SERVICE" in words


def is_update(words: list[str]) -> bool:
    """Whether a text is an update rather than a query, given its keywords."""
    for word in words:
        if word in ("SELECT", "CONSTRUCT", "ASK", "DESCRIBE"):
            return False
        if word in UPDATE_KEYWORDS:
            return True
    return False


def _unescaped(query: str) -> str:
    # SPARQL allows \uXXXX anywhere, so a keyword can be written with it.
    return _ESCAPE.sub(lambda match: _character(int(match[1] or match[2], 16)), query)


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else "\ufffd"
