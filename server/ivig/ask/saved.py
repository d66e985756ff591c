"""Saved queries: `.rq` files whose head says what they ask, what they take and what they give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from ivig.ask.names import Names, nearest
from ivig.errors import BadInput, UnknownName

_HEAD = re.compile(r"# (?:(param|column) (\w+)|(title|description|keywords|table)): (.+)")


class Parameter(NamedTuple):
    """A parameter that names a thing.

    name: as users type it, with `_`; kind: the class of the thing; note: what may stand there.
    """

    name: str
    kind: str
    required: bool
    note: str


class SavedQuery(NamedTuple):
    """One question, as its file has it.

    columns: name to meaning, in order; table: the columns that a narrow table shows; text: the whole file.
    """

    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    table: tuple[str, ...]
    text: str

    def bind(self, values: Mapping[str, str], names: Names) -> str:
        """The query with its parameters bound, ready to run on any SPARQL engine.

        values: parameter to what the user typed; an empty value counts as none. What is typed is looked up and becomes
        an IRI of the graph, or several where it is a term of a linked ontology with several things below it: it never
        becomes part of the query.
        Raises UnknownName for a parameter or name that is not known, BadInput where a required one is missing.
        """
        self.check(values)
        text = self.text
        for parameter in self.parameters:
            value = values.get(parameter.name, "").strip()
            if value:
                things = names.things(value, parameter.kind)
                text = self._replace(text=text).bind_things(parameter.name, things)
            elif parameter.required:
                raise BadInput(f"{self.name} needs {parameter.name}: {parameter.note}")
        return text

    def check(self, names: Iterable[str]) -> None:
        """Raise UnknownName where a name is none of the parameters."""
        known = [parameter.name for parameter in self.parameters]
        for name in names:
            if name not in known:
                raise UnknownName(f"parameter of {self.name}", name, nearest(name, known) or known)

    def bind_things(self, name: str, iris: Iterable[str]) -> str:
        """The query with one parameter bound to many things, given by IRIs of the graph."""
        terms = " ".join(str(NamedNode(iri)) for iri in iris)
        return _values_line(name).sub(lambda line: f"{line[1]}{terms}{line[2]}", self.text)


class SavedQueries(Mapping[str, SavedQuery]):
    """The saved queries of a folder, read when asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> SavedQuery:
        """The query of that name. Raises UnknownName with the nearest."""
        if name not in list(self):
            raise UnknownName("query", name, nearest(name, self)[:5])
        return _read(self._folder / f"{name}.rq")

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.stem for path in self._folder.glob("*.rq")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in list(self)


@cache
def _read(path: Path) -> SavedQuery:
    text = path.read_text(encoding="utf-8")
    single: dict[str, str] = {}
    parameters, columns = [], {}
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        match = _HEAD.fullmatch(line)
        if match is None:
            raise BadInput(f"{path.name}: cannot read this line of the head: {line}")
        kind, name, key, value = match.groups()
        if kind == "param":
            parameters.append(_parameter(path, name, value))
        elif kind == "column":
            columns[name] = value
        else:
            single[key] = value
    for parameter in parameters:
        if len(_values_line(parameter.name).findall(text)) != 1:
            raise BadInput(f"{path.name}: {parameter.name} needs one line VALUES ?p_{parameter.name} {{ UNDEF }}")
    return SavedQuery(
        name=path.stem,
        title=single.get("title", path.stem),
        description=single.get("description", ""),
        keywords=tuple(re.split(r",\s*", single["keywords"])) if "keywords" in single else (),
        parameters=tuple(parameters),
        columns=columns,
        table=tuple(re.split(r",\s*", single["table"])) if "table" in single else tuple(columns),
        text=text,
    )


def _parameter(path: Path, name: str, value: str) -> Parameter:
    match = re.fullmatch(r"(\w+), (required|optional)\. (.+)", value)
    if match is None:
        raise BadInput(f"{path.name}: a parameter reads `# param {name}: Kind, required. What may stand there.`")
    return Parameter(name, match[1], match[2] == "required", match[3])


def _values_line(name: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES \?p_{name} \{{ )UNDEF( \}})")
