"""The documentation keeps up: every query, command, setting, term and rule stands in it, and every example is true.

That what is generated is up to date is looked at by `make check`, with which `make test` begins.
"""

from __future__ import annotations

import doctest
import re
from dataclasses import fields
from pathlib import Path

import pytest
from rdflib import SH, Graph as RdfGraph

from conftest import ROOT
from ivig.cli.app import COMMANDS
from ivig.graph_files import GraphFiles
from ivig.model.identifiers import prefixes
from ivig.namespaces import TERMS
from ivig.query import Graph

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def test_every_query_is_documented(graph: Graph) -> None:
    text = (DOCS / "questions.md").read_text(encoding="utf-8")
    for name in graph.queries:
        assert f"## {name}\n" in text


def test_every_term_is_in_the_data_dictionary(graph: Graph) -> None:
    text = (DOCS / "data-dictionary.md").read_text(encoding="utf-8")
    vocabulary = {
        "ivig:" + str(row["term"]).removeprefix(TERMS)
        for row in graph.about("ontology-terms")
        if row["kind"] != "class"
    }
    missing = {term for term in vocabulary if f"`{term}`" not in text}
    assert not missing
    for row in graph.sparql(
        "SELECT ?t FROM <https://w3id.org/ivig/graph/ontology> { ?t <http://www.w3.org/2004/02/skos/core#inScheme> ?s }"
    ):
        assert f"`{str(row['t']).removeprefix('https://w3id.org/ivig/')}`" in text


def test_every_rule_beyond_single_properties_is_in_the_data_dictionary(files: GraphFiles) -> None:
    text = (DOCS / "data-dictionary.md").read_text(encoding="utf-8")
    for path in files.shapes:
        shapes = RdfGraph().parse(path)
        for shape in shapes.subjects(SH.targetClass, None):
            if (shape, SH.closed, None) not in shapes:
                message = shapes.value(shape, SH.message) or shapes.value(shapes.value(shape, SH.property), SH.message)
                assert f"- {message}\n" in text


def test_every_command_and_option_is_documented() -> None:
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"## ivig {command}\n" in text
    for path in (ROOT / "server" / "ivig" / "cli").glob("*.py"):
        for option in re.findall(r'"(--[a-z-]+)"', path.read_text(encoding="utf-8")):
            assert option in text, (path.name, option)


def test_every_prefix_is_documented_with_its_spellings() -> None:
    text = (DOCS / "links.md").read_text(encoding="utf-8")
    for prefix in prefixes().values():
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{prefix.prefix}` | {prefix.title} |")]
        assert f"`{prefix.example}`" in row or not prefix.example
        assert set(re.findall(r"`([^`]+)`", row.split("|")[4])) <= set(prefix.spellings)


def test_every_format_and_parameter_of_an_export_is_documented() -> None:
    from ivig.export import FORMATS, Selection

    text = (DOCS / "export.md").read_text(encoding="utf-8")
    for name in FORMATS:
        assert f"`{name}`" in text
    for criterion in fields(Selection):
        if criterion.name == "mentioned":
            # Not for users: what the server has found out about a query of theirs.
            continue
        option = "--parameter" if criterion.name == "parameters" else f"--{criterion.name.replace('_', '-')}"
        assert f"`{option}" in text, option


def test_every_setting_is_documented() -> None:
    text = "".join((DOCS / name).read_text(encoding="utf-8") for name in ("endpoint.md", "settings.md", "scale.md"))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "server" / "ivig").rglob("*.py"))
    settings = set(re.findall(r'"(IVIG_[A-Z_]+)"', code))
    assert len(settings) >= 5
    for setting in settings:
        assert f"`{setting}`" in text


def test_every_route_is_documented(graph: Graph) -> None:
    from ivig.web.app import create_app
    from ivig.web.settings import Settings

    text = (DOCS / "endpoint.md").read_text(encoding="utf-8")
    for path in create_app(graph, Settings()).openapi()["paths"]:
        assert f"`{path}`" in text or path.startswith("/queries/")
    for path in ("/find", "/docs", "/ontology"):
        assert path in text


def test_statements_that_commands_name_are_there(graph: Graph) -> None:
    named = {
        word
        for page in PAGES
        for line in re.findall(
            r"^(?:\$ |  Example: )?ivig (?:show|remove) ([a-z0-9 -]+)", page.read_text(encoding="utf-8"), re.M
        )
        for word in line.split()
        if re.search(r"\d", word)
    }
    assert len(named) >= 2
    assert named <= {str(row["statement"]).rpartition("/")[2] for row in graph.about("statements")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_python_of_the_quickstart_runs(releases: Path) -> None:
    text = (DOCS / "quickstart.md").read_text(encoding="utf-8")
    text = text.replace("ivig.open()", f"ivig.open(releases={str(releases)!r})")
    example = doctest.DocTestParser().get_doctest(text, {}, "quickstart", "quickstart.md", 0)
    assert len(example.examples) >= 4
    assert doctest.DocTestRunner().run(example).failed == 0
