"""What a SPARQL text asks for, as far as must be known before it runs: whether it is an update, whether it names its
dataset, whether it may call other servers, whether its answer is the same twice.

The text is not parsed: what can hold no keyword (strings, comments, IRIs, names, variables) is blanked out, the way
Oxigraph reads it, and keywords are sought in what is left. Oxigraph asks for no space around a keyword, so `1SERVICE`
has one, and it reads escapes in strings and IRIs alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n\r]* )
  # Were it a comparison: without a parenthesis nothing that holds one ends, and without # or ' nothing else begins.
  | (?P<iri> <https?://[^<>"{}|^`\\\x00-\x20]*> | <[^<>"{}|^`\\\x00-\x20'\#()]*> )
  | (?P<unclear> <(?=[^<>"{}|^`\x00-\x20]*>) )
  | (?P<string>
        '''(?:(?:'|'')?(?:[^'\\]|\\.))*''' | \"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"
      | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*" )
  | (?P<quote> ['"] )
  | (?P<variable> [?$]\w+ )
  | (?P<escape> \\. )
  | (?P<name> (?P<prefix> (?:[^\W\d_][\w\-]*|_)? ) :[\w\-%]* )
  | \w+
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile("[A-Za-z]+")
_SERVICE = "service"
_BLANKED = ("comment", "string", "variable", "escape", "name")

_DECLARATION = re.compile(r"\bPREFIX\s+$", re.IGNORECASE)
_LONGEST_GAP = 40
"""Characters between the word PREFIX and the prefix that are looked at."""
_VARYING = frozenset(["NOW", "RAND", "UUID", "STRUUID", "BNODE"])
UPDATE_KEYWORDS = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"])


class QueryText:
    """The text of a query.

    bare: as long as the text, with spaces in place of what can hold no keyword; of an IRI its brackets are left.
    is_clear: whether that could be told for certain everywhere; prefixes: of names, each with where it stands.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_clear = True
        self.prefixes: list[tuple[str, int]] = []
        pieces, end = [], 0
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if kind == "name":
                self.prefixes.append((match["prefix"], match.start()))
            if kind in ("unclear", "quote"):
                self.is_clear = False
            elif kind == "iri":
                pieces += [text[end : match.start()], "<", " " * (len(match[0]) - 2), ">"]
                end = match.end()
            elif kind in _BLANKED and not (kind == "name" and _SERVICE in match["prefix"].lower()):
                pieces += [text[end : match.start()], " " * len(match[0])]
                end = match.end()
        self.bare = "".join([*pieces, text[end:]])

    @cached_property
    def words(self) -> list[str]:
        """The bare words in capitals, in order: keywords and function names.

        >>> QueryText('SELECT ?from # FROM\\nFROM <urn:FROM> { ?s ex:SERVICE "SERVICE" }').words
        ['SELECT', 'FROM']
        """
        return [word.upper() for word in _WORD.findall(self.bare)]

    @property
    def names_its_dataset(self) -> bool:
        """Whether it has a FROM or FROM NAMED clause."""
        return "FROM" in self.words

    @property
    def is_update(self) -> bool:
        """Whether it is an update rather than a query."""
        for word in self.words:
            if word in ("SELECT", "CONSTRUCT", "ASK", "DESCRIBE"):
                return False
            if word in UPDATE_KEYWORDS:
                return True
        return False

    @property
    def may_call_servers(self) -> bool:
        """Whether it has a SERVICE clause, or the word in a place where it could not be told for certain.

        >>> [QueryText(text).may_call_servers for text in ("ASK { ?s ?p 'at your service' }", "ASK{1SERVICE ?x{}}")]
        [False, True]
        """
        return _SERVICE in (self.bare if self.is_clear else self.text).lower()

    @property
    def varies(self) -> bool:
        """Whether it may have another answer the next time, on the same graph.

        >>> [QueryText(text).varies for text in ("SELECT (NOW() AS ?t) {}", "SELECT ?now { ?now <x:rand> 'UUID' }")]
        [True, False]
        """
        return not _VARYING.isdisjoint(self.words)

    def undeclared(self, known: Collection[str]) -> tuple[str, int] | None:
        """The first prefix that is neither declared nor known, and where it stands.

        >>> QueryText("PREFIX a: <x:y> SELECT * { ?s a:b foaf:c, skos:d }").undeclared(["skos"])
        ('foaf', 34)
        """
        declared = {
            prefix for prefix, at in self.prefixes if _DECLARATION.search(self.bare, max(0, at - _LONGEST_GAP), at)
        }
        others = (found for found in self.prefixes if found[0] not in declared and found[0] not in known)
        return next((found for found in others if found[0] != "_"), None)
