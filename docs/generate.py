"""Writes what of the documentation follows from the files: the data dictionary, the questions, the command line, the
honesty report, the columns of tables, the schema of records, the JSON-LD context, and what the examples in the other
pages print.

usage: python docs/generate.py [--check]      --check only compares, and ends with 1 where a page is out of date.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, Graph, Namespace, URIRef
from rdflib.term import Node

from ivig.build.pipeline import build
from ivig.build.release import Release, Releases
from ivig.cli.app import COMMANDS
from ivig.export.context import Context
from ivig.export.statement_columns import columns
from ivig.graph_files import graph_files
from ivig.model.records import RECORD
from ivig.model.schema import schema
from ivig.namespaces import BASE, PREFIXES, TERMS
from ivig.query.examples import example_of
from ivig.query.graph import Graph as AskableGraph
from ivig.query.report import markdown_report
from ivig.query.saved import SavedQueries, SavedQuery
from ivig.web.settings import Settings
from python_reference import reference

DOCS = Path(__file__).parent
FILES = graph_files(DOCS.parent)
IVIG = Namespace(TERMS)
GENERATED = "<!-- Written by docs/generate.py; change the files it reads, not this page. -->\n\n"
OUTSIDE = {
    "dcterms:creator": "Who wrote it.",
    "dcterms:modified": "When it was last changed.",
    "dcterms:publisher": "Where it was published.",
    "dcterms:title": "Its title.",
    "skos:altLabel": "Another name.",
    "skos:broader": "A broader one of its kind.",
    "skos:definition": "What it means.",
    "skos:hiddenLabel": "A spelling under which it is found, and that nobody is shown.",
    "skos:inScheme": "The vocabulary that it belongs to.",
    "skos:note": "What else there is to say.",
    "skos:prefLabel": "Its name.",
}
"""What the properties of other vocabularies are used for."""
STAGE = re.compile(r"  \w+ +\d+\.\d\d s")
"""How long a stage of a build took: that differs from run to run and is left out."""


def data_dictionary() -> str:
    """Every class with its properties, every vocabulary with its terms, every rule."""
    ontology, shapes = Graph(), Graph()
    for path in FILES.ontology:
        ontology.parse(path)
    for path in FILES.shapes:
        shapes.parse(path)
    lines = [
        "# Data dictionary\n",
        "What the graph holds, from `ontology/` and `shapes/`. Terms are in the namespace "
        f"`{TERMS}`; things are under `{BASE}`.\n",
        "## Classes\n",
    ]
    classes = [c for c in _ours(ontology, OWL.Class) if (c, RDFS.subClassOf, IVIG.Term) not in ontology]
    for cls in classes:
        lines += _class_section(ontology, shapes, cls)
    lines += _shared_section(ontology, shapes)
    lines.append("## Vocabularies\n")
    for scheme in sorted(ontology.subjects(RDF.type, SKOS.ConceptScheme), key=str):
        lines += _scheme_section(ontology, scheme)
    lines += ["## Former terms\n", "Still defined, no longer used.\n", "| term | replaced by |", "|---|---|"]
    lines += [
        f"| `{_prefixed(term)}` | `{_prefixed(URIRef(str(ontology.value(term, DCTERMS.isReplacedBy))))}` |"
        for term in sorted(term for term in ontology.subjects(OWL.deprecated) if isinstance(term, URIRef))
    ]
    return "\n".join(lines)


def _class_section(ontology: Graph, shapes: Graph, cls: URIRef) -> Iterator[str]:
    yield f"### {_local(cls)}\n"
    broader = sorted((b for b in ontology.objects(cls, RDFS.subClassOf) if str(b).startswith(TERMS)), key=str)
    kind_of = f" A kind of {', '.join(_link(b) for b in broader)}." if broader else ""
    example = ontology.value(cls, SKOS.example)
    told = f" Example: {str(example).rstrip('.')}." if example else ""
    yield f"{ontology.value(cls, SKOS.definition)}{kind_of}{told}\n"
    constraints = _constraints(shapes, cls)
    inferred = [p for p in _properties(ontology) if ontology.value(p, RDFS.domain) == cls and p not in constraints]
    if constraints or inferred:
        yield "| property | meaning | leads to or holds | how often |"
        yield "|---|---|---|---|"
        yield from (_property_row(ontology, p, _how_often(shapes, node)) for p, node in constraints.items())
        yield from (_property_row(ontology, p, "inferred" if constraints else "") for p in inferred)
        yield ""
    if rules := _rules(shapes, cls):
        yield "Rules:\n"
        yield from (f"- {rule}" for rule in rules)
        yield ""


def _shared_section(ontology: Graph, shapes: Graph) -> Iterator[str]:
    """Properties that things of several classes have, and no shape tells of: what the rules derive."""
    constrained = set(shapes.objects(None, SH.path))
    shared = [p for p in _properties(ontology) if not ontology.value(p, RDFS.domain) and p not in constrained]
    shared = [p for p in shared if (p, OWL.deprecated, None) not in ontology]
    if shared:
        yield "### Derived of several classes\n"
        yield "| property | meaning | leads to or holds | how often |"
        yield "|---|---|---|---|"
        yield from (_property_row(ontology, p, "inferred") for p in shared)
        yield ""


def _constraints(shapes: Graph, cls: URIRef) -> dict[URIRef, Node]:
    """The properties that the shape of a class allows, each with its property shape, in the order of their names."""
    closed = [s for s in shapes.subjects(SH.targetClass, cls) if (s, SH.closed, None) in shapes]
    found = {shapes.value(node, SH.path): node for shape in closed for node in shapes.objects(shape, SH.property)}
    return {path: found[path] for path in sorted(p for p in found if isinstance(p, URIRef))}


def _rules(shapes: Graph, cls: URIRef) -> list[str]:
    """What must hold of a class beyond its single properties."""
    others = [s for s in shapes.subjects(SH.targetClass, cls) if (s, SH.closed, None) not in shapes]
    return sorted(
        str(shapes.value(s, SH.message) or shapes.value(shapes.value(s, SH.property), SH.message)) for s in others
    )


def _property_row(ontology: Graph, prop: URIRef, how_often: str) -> str:
    example = ontology.value(prop, SKOS.example)
    meaning = str(ontology.value(prop, SKOS.definition) or OUTSIDE[_prefixed(prop)])
    meaning += f" Example: {str(example).rstrip('.')}." if example else ""
    return f"| `{_prefixed(prop)}` | {meaning} | {_range(ontology.value(prop, RDFS.range))} | {how_often} |"


def _how_often(shapes: Graph, constraint: Node) -> str:
    required = shapes.value(constraint, SH.minCount) is not None
    single = shapes.value(constraint, SH.maxCount) is not None or shapes.value(constraint, SH.uniqueLang) is not None
    if single:
        return "once" if required else "at most once"
    return "once or more" if required else "any number"


def _scheme_section(ontology: Graph, scheme: Node) -> Iterator[str]:
    yield f"### {ontology.value(scheme, SKOS.prefLabel)}\n"
    yield f"{ontology.value(scheme, SKOS.definition)}\n"
    terms = sorted(ontology.subjects(SKOS.inScheme, scheme), key=str)
    if not terms:
        yield "Its concepts stand in `data/`, and are inferred to be in it.\n"
        return
    with_level = any(ontology.value(term, IVIG.level) for term in terms)
    yield "| term | meaning | broader |" + (" level |" if with_level else "")
    yield "|---|---|---|" + ("---|" if with_level else "")
    for term in terms:
        broader = ontology.value(term, SKOS.broader)
        name = f"`{str(term).removeprefix(BASE)}` {ontology.value(term, SKOS.prefLabel)}"
        above = ontology.value(broader, SKOS.prefLabel) if broader else ""
        row = f"| {name} | {ontology.value(term, SKOS.definition)} | {above} |"
        yield row + (f" {ontology.value(term, IVIG.level) or ''} |" if with_level else "")
    yield ""


def _ours(ontology: Graph, kind: Node) -> list[URIRef]:
    defined = ontology.subjects(RDFS.isDefinedBy, URIRef(BASE + "ontology"))
    return sorted(term for term in defined if isinstance(term, URIRef) and (term, RDF.type, kind) in ontology)


def _properties(ontology: Graph) -> list[URIRef]:
    return [*_ours(ontology, OWL.ObjectProperty), *_ours(ontology, OWL.DatatypeProperty)]


def _range(target: Node | None) -> str:
    if target is None:
        return ""
    if str(target).startswith(TERMS):
        return _link(target)
    return {"PlainLiteral": "text in English", "Literal": "a day", "string": "text"}.get(_local(target), _local(target))


def _link(cls: Node) -> str:
    return f"[{_local(cls)}](#{_local(cls).lower()})"


def _prefixed(term: URIRef) -> str:
    return next((f"{name}:{term[len(iri) :]}" for name, iri in PREFIXES.items() if term.startswith(iri)), str(term))


def _local(term: Node) -> str:
    return re.split(r"[#/]", str(term))[-1]


def questions() -> str:
    """Every saved query with its parameters and columns."""
    queries = SavedQueries(FILES.queries)
    lines = [
        "# Questions\n",
        'Every saved query, the same three ways: `ivig query NAME`, `GET /queries/NAME`, `ivig.open().query("NAME")`.',
        "A column that holds a thing holds its IRI; its twin with `_label` holds the preferred label.\n",
    ]
    for name in queries:
        lines += _question(queries[name])
    return "\n".join(lines)


def _question(query: SavedQuery) -> Iterable[str]:
    words = "".join(f' --{p.name} "{example_of(p.kind)}"' for p in query.parameters if p.required)
    yield f"## {query.name}\n"
    yield f"**{query.title}.** {query.description}\n"
    yield f"```sh\nivig query {query.name}{words}\n```\n"
    if query.service:
        yield f"Calls <{query.service}>: from the command line and in Python; over HTTP it is refused.\n"
    for parameter in query.parameters:
        yield f"- `{parameter.name}` ({'required' if parameter.required else 'optional'}): {parameter.note}"
    if query.parameters:
        yield ""
    yield "| column | meaning |\n|---|---|"
    yield from (f"| `{name}` | {meaning} |" for name, meaning in query.columns.items())
    yield ""


_SUBCOMMANDS = {"plot": ("evidence-map", "forest")}


def command_line() -> str:
    """What every command says of itself."""
    more = "The version: `ivig --version`. Shell completion: `ivig --install-completion`."
    lines = ["# Command line\n", f"What `ivig COMMAND --help` says. {more}\n"]
    for command in COMMANDS:
        lines += [f"## ivig {command}\n", f"```text\n{_help(command)}\n```\n"]
        for one in _SUBCOMMANDS.get(command, ()):
            lines += [f"### ivig {command} {one}\n", f"```text\n{_help(f'{command} {one}')}\n```\n"]
    return "\n".join(lines)


def _help(command: str) -> str:
    return _output(f"ivig {command} --help", DOCS)


def honesty_report() -> str:
    """What the graph rests on."""
    return markdown_report(AskableGraph(FILES, _release()))


def settings() -> str:
    """Every setting of the server."""
    lines = [
        "# Settings of the server\n",
        "Each is a flag of `ivig serve`, a variable of the environment, and a key of the TOML file that `--config` or",
        "`IVIG_CONFIG` names. A flag wins over the environment, the environment over the file. An empty "
        "variable says nothing.\n",
        "| key | environment | default | meaning |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        value = str(field.default).lower() if isinstance(field.default, bool) else field.default
        default = "" if value in (None, "") else f"`{value}`"
        lines.append(f"| `{name}` | `IVIG_{name.upper()}` | {default} | {field.description} |")
    lines += [
        "",
        "`IVIG_CACHE` names a folder in place of the user's cache: there are the releases, where `releases` names no",
        "other place, and the notes by which `ivig reload` finds a running server.",
    ]
    return "\n".join(lines)


def record_schema() -> str:
    """The JSON Schema of curated records."""
    return json.dumps(RECORD.json_schema(), indent=2, ensure_ascii=False)


def table_columns() -> str:
    """The columns of exported tables."""
    rows = [f"| `{column.name}` | {column.sort} | {column.meaning} |" for column in columns(schema(FILES))]
    head = ["# Columns of exported tables\n", "A row a statement, in `csv`, `tsv`, `xlsx` and `parquet`.\n"]
    return "\n".join([*head, "| column | holds | meaning |", "|---|---|---|", *rows])


def context() -> str:
    """The JSON-LD context of exports, as it is published."""
    return json.dumps(Context(AskableGraph(FILES, _release())).document(), indent=2, ensure_ascii=False)


def with_outputs(page: str, folder: Path) -> str:
    """A page in which every example (a `console` block that begins with `$ ivig`) is followed by what it prints."""

    def run(block: re.Match[str]) -> str:
        output = _output(block["command"], folder)
        return f"```console\n$ {block['command']}\n{output}{chr(10) if output else ''}```"

    return re.sub(r"```console\n\$ (?P<command>ivig [^\n]*)\n(?:[^`]*\n)?```", run, page)


def _output(command: str, folder: Path) -> str:
    """What a command prints, errors included, on a terminal of 80 columns."""
    program = Path(sys.executable).with_name("ivig")
    environment = {**os.environ, "COLUMNS": "80", "TERM": "dumb", "IVIG_RELEASES": str(_release().folder.parent)}
    words = [str(program), *shlex.split(command)[1:]]
    run = subprocess.run(words, stdout=-1, stderr=-2, text=True, env=environment, cwd=folder, check=False)
    lines = [line.rstrip() for line in run.stdout.strip("\n").splitlines() if not STAGE.fullmatch(line)]
    return "\n".join(lines).strip()


@cache
def _release() -> Release:
    """A release of the files as they are now, in a folder that goes when the program ends."""
    folder = Path(tempfile.mkdtemp(prefix="ivig-docs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return build(FILES, Releases(folder))


WRITTEN = {
    "data-dictionary.md": data_dictionary,
    "questions.md": questions,
    "command-line.md": command_line,
    "settings.md": settings,
    "report.md": honesty_report,
    "columns.md": table_columns,
    "python.md": reference,
}
WITH_EXAMPLES = (
    DOCS.parent / "README.md",
    *(DOCS / name for name in ("quickstart.md", "model.md", "links.md", "export.md")),
)


def main() -> int:
    """Write or check every page; the exit code."""
    pages = {DOCS / name: GENERATED + write().rstrip() + "\n" for name, write in WRITTEN.items()}
    pages[DOCS / "record-schema.json"] = record_schema() + "\n"
    pages[FILES.folder / "ontology" / "context.jsonld"] = context() + "\n"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(DOCS / "ward.obo", folder)
        for path in WITH_EXAMPLES:
            pages[path] = with_outputs(path.read_text(encoding="utf-8"), Path(folder))
    late = [path for path, text in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in late:
        if "--check" in sys.argv[1:]:
            print(f"{path.name} is out of date: run `make docs`")
        else:
            path.write_text(pages[path], encoding="utf-8")
    return int(bool(late) and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
