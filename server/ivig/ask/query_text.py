"""What a SPARQL text asks for, as far as must be known before it runs: whether it names its dataset, whether it leaves
the house. Strings, comments and IRIs are looked over, so that a word in them is not taken for a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from ivig.errors import Refused

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


class Allowed(NamedTuple):
    """The servers that SERVICE may call.

    hosts: their names, with a port where it is not the usual one; relay: the address that is called in their place, to
    which the address of the server is appended.
    """

    hosts: tuple[str, ...] = ()
    relay: str = ""

    def address_of(self, server: str) -> str:
        """The address to call in place of a server. Raises Refused for one that is not allowed."""
        try:
            parts = urlsplit(server)
            host = parts.netloc.lower()
        except ValueError:
            host = ""
        if not server or parts.scheme not in ("http", "https") or host not in self.hosts:
            if not self.hosts:
                raise Refused("SERVICE is off: a query may not call other servers")
            asked = server or "what is not written as an IRI"
            raise Refused(f"SERVICE may call {', '.join(self.hosts)}, not {asked}")
        return self.relay + quote(server, safe="")

    def told(self, failure: Exception) -> str:
        """What went wrong at another server, without the address of the relay: nobody else is to know that.

        >>> Allowed(("a",), "http://r/?to=").told(OSError("Error 502 by http://r/?to=a with payload:\\na: gone"))
        'a: gone'
        """
        message = str(failure)
        if not self.relay or self.relay.partition("?")[0] not in message:
            return message
        return message.partition("payload:\n")[2] or "a server that it calls did not answer"


def with_services(query: str, allowed: Allowed) -> str:
    """The query with every server that SERVICE calls replaced by the address that stands for it.

    Raises Refused for a server that is not allowed, or that is not written as an IRI.

    >>> with_services("ASK { SERVICE SILENT <https://a.example/sparql> {} }", Allowed(("a.example",), "http://r/"))
    'ASK { SERVICE SILENT <http://r/https%3A%2F%2Fa.example%2Fsparql> {} }'
    """
    text = _unescaped(query)
    if _ESCAPE.search(text):
        # Read once more, it could say something that nobody has looked at.
        raise Refused("a query that calls another server may not hide an escape in an escape")
    parts, end = [], 0
    for start, stop in _service_targets(text):
        server = text[start + 1 : stop - 1] if text[start:stop].startswith("<") else ""
        parts += [text[end:start], f"<{allowed.address_of(server)}>"]
        end = stop
    return "".join([*parts, text[end:]])


def _service_targets(text: str) -> Iterator[tuple[int, int]]:
    """Where the target of each SERVICE clause begins and ends."""
    due = False
    for match in _TOKEN.finditer(text):
        word = match["word"]
        if not word and match[0].startswith("#"):
            continue
        if due and (word or "").upper() != "SILENT":
            yield match.span()
            due = False
        elif word and word.upper() == "SERVICE":
            due = True


def _unescaped(query: str) -> str:
    # SPARQL allows \uXXXX anywhere, so a keyword can be written with it.
    return _ESCAPE.sub(lambda match: _character(int(match[1] or match[2], 16)), query)


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else "\ufffd"
