"""The reference page of the Python API, out of the docstrings: what is public, in the order in which people meet it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import ivig
from ivig import errors
from ivig.api import Graph
from ivig.query.condition import Condition
from ivig.query.graph import Answer
from ivig.query.names import Names
from ivig.query.search import Hit

HEAD = """# Python reference

`import ivig` gives `ivig.open()`, and that a graph; every other thing here is what a graph gives back. All is typed, by
the names `ivig.Graph`, `ivig.Answer`, `ivig.Condition` and `ivig.Hit`; every error is an `ivig.IvigError`.
The [quickstart](quickstart.md#ask-in-python) and the [notebook](notebook.ipynb) show it at work;
[questions.md](questions.md) has the questions and their columns.
"""
CLASSES: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Graph, ("query", "condition", "search", "sparql", "export", "to_rdflib", "took", "names", "queries", "engine")),
    (Answer, ("to_pandas", "to_polars")),
    (
        Condition,
        (
            *("verdict", "strength", "sentence", "verdicts", "basis"),
            *("evidence", "recommendations", "licences", "harms", "regimens", "mechanisms"),
        ),
    ),
    (Hit, ("excerpt", "as_dict")),
    (Names, ("exact", "near", "things", "took", "resolve", "matches", "below", "label", "labels")),
)
FIELD = re.compile(r":(param|returns|raises)\s*([\w ]*):\s*(.*)")


def reference() -> str:
    """The page."""
    lines = [HEAD, "## ivig.open\n", *_callable("ivig.open", ivig.open)]
    for class_, names in CLASSES:
        lines += [f"## {class_.__name__}\n", *_described(inspect.getdoc(class_) or "")]
        for name in names:
            lines += _member(class_, name)
    lines += ["## Errors\n", *_described((inspect.getdoc(errors) or "").partition("\n\n")[0]), "```text"]
    lines += [line for line in (errors.__doc__ or "").splitlines() if "  " in line and line.startswith("    ")]
    return "\n".join([*lines, "```"])


def _member(class_: type, name: str) -> Iterator[str]:
    found = inspect.getattr_static(class_, name)
    if isinstance(found, property | cached_property):
        yield f"### {class_.__name__}.{name}\n"
        of = found.fget if isinstance(found, property) else found.func
        yield from _described(inspect.getdoc(of) or "")
    else:
        yield f"### {class_.__name__}.{name}\n"
        yield from _callable(f"{class_.__name__.lower()}.{name}", getattr(class_, name))


def _callable(called: str, function: Callable[..., Any]) -> Iterator[str]:
    signature = inspect.signature(function)
    kept = [each for each in signature.parameters.values() if each.name != "self"]
    shown = str(signature.replace(parameters=kept)).replace("'", "")
    yield f"```text\n{called}{shown}\n```\n"
    yield from _described(inspect.getdoc(function) or "")


def _described(docstring: str) -> Iterator[str]:
    """A docstring as Markdown: its prose, a list of what goes in and out, its examples."""
    prose, fields, example = list[str](), list[str](), list[str]()
    for line in docstring.splitlines():
        if field := FIELD.match(line):
            kind, name, text = (part.strip() for part in field.groups())
            lead = {"param": f"`{name}`", "returns": "returns", "raises": f"raises `{name}`"}[kind]
            fields.append(f"- {lead}: {text}")
        elif line.startswith(">>>") or (example and line.strip()):
            example.append(line)
        elif fields and line.startswith("    "):
            fields[-1] += f" {line.strip()}"
        elif not fields:
            prose.append(line)
    yield "\n".join(prose).strip() + "\n"
    if fields:
        yield "\n".join(fields) + "\n"
    if example:
        yield "```python\n" + "\n".join(example) + "\n```\n"
