"""SERVICE: the servers that a query may call, and the query with their addresses replaced by that of the relay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from ivig.errors import Refused
from ivig.query.query_text import QueryText

_WORD = re.compile("service", re.IGNORECASE)
_CALL = re.compile(r"(?<![\w:?$\-])SERVICE(?:\s+SILENT)?\s*(?P<server><\s*>)", re.IGNORECASE)


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


def with_services(query: QueryText, allowed: Allowed) -> str:
    """The query with every server that SERVICE calls replaced by the address that stands for it.

    Raises Refused for a server that is not allowed, one that is not written as an IRI, and where it cannot be told for
    certain what is called.

    >>> query = QueryText("ASK { SERVICE SILENT <https://a.example/sparql> {} }")
    >>> with_services(query, Allowed(("a.example",), "http://r/"))
    'ASK { SERVICE SILENT <http://r/https%3A%2F%2Fa.example%2Fsparql> {} }'
    """
    if not query.may_call_servers:
        return query.text
    if not allowed.hosts:
        raise Refused("SERVICE is off: a query may not call other servers")
    if not query.is_clear:
        raise Refused(
            "the word service may stand in no query with a < or a quotation mark that can be read in two ways"
        )
    parts, end = [], 0
    for start, stop in _servers(query):
        server = query.text[start + 1 : stop - 1]
        parts += [query.text[end:start], f"<{allowed.address_of(server)}>"]
        end = stop
    return "".join([*parts, query.text[end:]])


def _servers(query: QueryText) -> Iterator[tuple[int, int]]:
    """Where the IRI of each server begins and ends; an empty stretch where there is none."""
    for word in _WORD.finditer(query.bare):
        call = _CALL.match(query.bare, word.start())
        yield call.span("server") if call else (word.end() + 1, word.end() + 1)
