"""Saved queries: `.rq` files whose head says what they ask, what they take and what they give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from ivig.errors import BadInput, UnknownName
from ivig.io.text import read_text
from ivig.query.names import Names, nearest

_HEAD = re.compile(r"# (?:(param|column|outside) (\w+)|(title|description|keywords|sentence|table|service)): (.+)")
_BLANK = re.compile(r"\{(\w+)\}")
_CALL = re.compile(r"\bSERVICE\s+(?:SILENT\s+)?(\S+)", re.IGNORECASE)


class Parameter(NamedTuple):
    """A parameter that names a thing.

    :param name: as users type it, with `_`
    :param kind: the class of the thing, by its name in the ontology
    :param required: whether the query needs it
    :param note: what may stand there
    """

    name: str
    kind: str
    required: bool
    note: str


class Outside(NamedTuple):
    """What a parameter is called elsewhere, for a call to another server that knows it by no other name.

    :param name: of the variable, without its `o_`
    :param prefix: of the identifiers there
    :param parameter: whose things are meant
    """

    name: str
    prefix: str
    parameter: str


class SavedQuery(NamedTuple):
    """One question, as its file has it.

    :param columns: name to meaning, in order
    :param sentence: the question with a blank `{parameter}` for each; where the file has none, the title and the blanks
    :param table: the columns that a narrow table shows
    :param text: the whole file
    :param service: the one other server that it calls, an IRI; empty for most
    :param outside: what it has to know the parameters by there
    """

    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    table: tuple[str, ...]
    text: str
    service: str = ""
    outside: tuple[Outside, ...] = ()
    sentence: str = ""

    @property
    def pieces(self) -> list[str | Parameter]:
        """The sentence in pieces: what stands between the blanks, and for each blank its parameter.

        >>> query = SavedQuery("q", "", "", (), (Parameter("event", "AdverseEvent", False, ""),), {}, (), "")
        >>> [getattr(piece, "name", piece) for piece in query._replace(sentence="Who had {event}?").pieces]
        ['Who had ', 'event', '?']
        """
        by_name = {parameter.name: parameter for parameter in self.parameters}
        return [by_name.get(piece, piece) for piece in _BLANK.split(self.sentence)]

    def bind(self, values: Mapping[str, str], names: Names) -> str:
        """The query with its parameters bound, ready to run on any SPARQL engine.

        What is typed is looked up and becomes an IRI of the graph, or several where it is a term of a linked ontology
        with several things below it: it never becomes part of the query.

        :param values: parameter to what the user typed; an empty value counts as none
        :param names: the names of the release that is asked
        :raises UnknownName: for a parameter or name that is not known
        :raises BadInput: where a required one is missing, or is not known to the server that the query calls
        """
        self.check(values)
        text = self.text
        for parameter in self.parameters:
            value = values.get(parameter.name, "").strip()
            if value:
                things = names.things(value, parameter.kind)
                text = _bound(text, f"p_{parameter.name}", things)
                for outside in self.outside:
                    if outside.parameter == parameter.name:
                        iris = names.outside_iris(things, outside.prefix)
                        if not iris:
                            raise BadInput(
                                f'"{value}" has no exact or close match in {outside.prefix} to ask {self.service} by'
                            )
                        text = _bound(text, f"o_{outside.name}", iris)
            elif parameter.required:
                raise BadInput(f"{self.name} needs {parameter.name}: {parameter.note}")
        return text

    def check(self, names: Iterable[str]) -> None:
        """See that every name is one of the parameters.

        :raises UnknownName: with the nearest
        """
        known = [parameter.name for parameter in self.parameters]
        for name in names:
            if name not in known:
                raise UnknownName(f"parameter of {self.name}", name, nearest(name, known), known)

    def bind_things(self, name: str, iris: Iterable[str]) -> str:
        """The query with one parameter bound to many things, given by IRIs of the graph.

        :param name: of the parameter
        :param iris: of the graph
        """
        return _bound(self.text, f"p_{name}", iris)


class SavedQueries(Mapping[str, SavedQuery]):
    """The saved queries of a folder, read when asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> SavedQuery:
        """The query of that name.

        :raises UnknownName: with the nearest
        """
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
    text = read_text(path)
    single: dict[str, str] = {}
    parameters, outside, columns = [], [], {}
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        match = _HEAD.fullmatch(line)
        if match is None:
            raise BadInput(f"{path.name}: cannot read this line of the head: {line}")
        kind, name, key, value = match.groups()
        if kind == "param":
            parameters.append(_parameter(path, name, value))
        elif kind == "outside":
            outside.append(_outside(path, name, value, [parameter.name for parameter in parameters]))
        elif kind == "column":
            columns[name] = value
        else:
            single[key] = value
    for variable in [*(f"p_{parameter.name}" for parameter in parameters), *(f"o_{each.name}" for each in outside)]:
        if not _values_line(variable).search(text):
            raise BadInput(f"{path.name}: {variable[2:]} needs one line VALUES ?{variable} {{ UNDEF }}")
    blanks = ", ".join(f"{{{parameter.name}}}" for parameter in parameters)
    sentence = single.get("sentence") or ": ".join(filter(None, (single.get("title", path.stem), blanks)))
    if sorted(_BLANK.findall(sentence)) != sorted(parameter.name for parameter in parameters):
        raise BadInput(f"{path.name}: the line `# sentence:` asks the question with one {{blank}} for each parameter")
    service = single.get("service", "")
    if set(_CALL.findall(text)) != ({f"<{service}>"} if service else set()):
        raise BadInput(f"{path.name}: the server that it calls is the one that `# service:` names, and no other")
    return SavedQuery(
        name=path.stem,
        title=single.get("title", path.stem),
        description=single.get("description", ""),
        keywords=tuple(re.split(r",\s*", single["keywords"])) if "keywords" in single else (),
        parameters=tuple(parameters),
        columns=columns,
        table=tuple(re.split(r",\s*", single["table"])) if "table" in single else tuple(columns),
        text=text,
        service=service,
        outside=tuple(outside),
        sentence=sentence,
    )


def _parameter(path: Path, name: str, value: str) -> Parameter:
    match = re.fullmatch(r"(\w+), (required|optional)\. (.+)", value)
    if match is None:
        raise BadInput(f"{path.name}: a parameter reads `# param {name}: Kind, required. What may stand there.`")
    return Parameter(name, match[1], match[2] == "required", match[3])


def _outside(path: Path, name: str, value: str, parameters: Iterable[str]) -> Outside:
    match = re.fullmatch(r"(\S+) of (\w+)\.", value)
    if match is None or match[2] not in parameters:
        raise BadInput(f"{path.name}: what is known elsewhere reads `# outside {name}: PREFIX of PARAMETER.`")
    return Outside(name, match[1], match[2])


def _bound(text: str, variable: str, iris: Iterable[str]) -> str:
    """The text with every `VALUES` line of a variable filled."""
    terms = " ".join(str(NamedNode(iri)) for iri in iris)
    return _values_line(variable).sub(lambda line: f"{line[1]}{terms}{line[2]}", text)


def _values_line(variable: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES \?{variable} \{{ )UNDEF( \}})")
