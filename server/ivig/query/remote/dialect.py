"""What engines do differently: one small file of TOML for each, in `dialects/`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from ivig.errors import UnknownName

_FOLDER = Path(__file__).parent / "dialects"
STANDARD = "standard"


class Dialect(NamedTuple):
    """How an engine wants to be spoken to.

    :param name: of its file
    :param server: what it says of itself in the header `Server`, as a pattern; empty where it does not
    :param as_embedded: whether it works out, writes and sorts terms as the embedded engine does
    :param graph_store: where its graph store is, relative to the endpoint, with {last} and {before} for the last two
        pieces of the path of the endpoint; empty for none
    :param authentication: `basic` or `digest`
    :param yes_or_no: the column that it answers ASK by, in place of a yes or no; empty where it does as it should
    :param rewritten: patterns and what stands in their place in a query that is sent
    """

    name: str
    server: str = ""
    as_embedded: bool = False
    graph_store: str = ""
    authentication: str = "basic"
    yes_or_no: str = ""
    rewritten: tuple[tuple[str, str], ...] = ()

    def query(self, text: str) -> str:
        """A query as the engine takes it."""
        for pattern, instead in self.rewritten:
            text = re.sub(pattern, instead, text)
        return text

    def graph_store_of(self, endpoint: str) -> str:
        """The address of the graph store that belongs to an endpoint; empty for none.

        >>> named_dialect("virtuoso").graph_store_of("http://localhost:8890/sparql")
        'http://localhost:8890/sparql-graph-crud-auth'
        >>> named_dialect("graphdb").graph_store_of("http://localhost:7200/repositories/ivig")
        'http://localhost:7200/repositories/ivig/rdf-graphs/service'
        """
        before, last = ["", *urlsplit(endpoint).path.split("/")][-2:]
        return urljoin(endpoint, self.graph_store.format(last=last, before=before)) if self.graph_store else ""


@cache
def named_dialect(name: str) -> Dialect:
    """The dialect of a name.

    :raises UnknownName: with all that there are
    """
    if name not in dialect_names():
        raise UnknownName("dialect of an engine", name, dialect_names())
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        said = tomllib.load(file)
    rewritten = tuple((one["pattern"], one["instead"]) for one in said.pop("rewritten", ()))
    return Dialect(name, rewritten=rewritten, **said)


@cache
def dialect_names() -> list[str]:
    """The names of all dialects."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def dialect_of(server: str) -> Dialect:
    """The dialect of an engine that says this of itself; the standard's where nothing is known of it.

    :param server: the header `Server` of its answers

    >>> dialect_of("Virtuoso/07.20.3229 (Linux)").name, dialect_of("nginx").name
    ('virtuoso', 'standard')
    """
    dialects = map(named_dialect, dialect_names())
    return next((one for one in dialects if one.server and re.search(one.server, server)), named_dialect(STANDARD))
