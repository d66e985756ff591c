"""`ivig verdict`."""

from __future__ import annotations

import shlex
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.cli.rows import RowFormat, write_rows
from ivig.errors import BadInput
from ivig.query.sensitivity import CHANGES, Answer, Change, Sensitivity, Verdict

if TYPE_CHECKING:
    from ivig.query.graph import Graph

_WIDTH = 78
_CHANGED = ["condition_label", "intent", "verdict", "otherwise", "strength"]
_BASIS = ["versus", "direction", "outcome", "study_type", "participants", "weight", "statement"]


def verdict(
    condition: Annotated[
        str | None, typer.Argument(help="A condition: label, synonym, CURIE or IRI.", show_default=False)
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="All conditions, with --changed-by.")] = False,
    changed_by: Annotated[
        Change | None,
        typer.Option(
            "--changed-by",
            help="List the verdicts that would be another without the largest study, with laboratory outcomes, or with "
            "uncontrolled evidence.",
        ),
    ] = None,
    as_of: Annotated[int | None, typer.Option("--as-of", help="As of the end of this year.", metavar="YEAR")] = None,
    format: Annotated[RowFormat, typer.Option("--format", "-f", help="Text, CSV or JSON.")] = RowFormat.table,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Say what the evidence on a condition comes to, what that rests on, and what would change it.

    The rules of the build are run again on the evidence that is left, or on more of it.

    Example: ivig verdict GBS
    """
    if (condition is None) is not (all or changed_by is not None):
        raise BadInput("name one condition, or all of them: ivig verdict GBS, ivig verdict --all --changed-by largest")
    if all and changed_by is None:
        raise BadInput("say by what: ivig verdict --all --changed-by largest (or laboratory, uncontrolled)")
    if as_of is not None and not 1900 <= as_of <= 2100:
        raise BadInput(f"--as-of takes a year, such as 2015, not {as_of}")
    from ivig.cli.opened import opened

    source = opened(graph, releases)
    if condition is None:
        assert changed_by is not None
        write_rows(_changed(source, changed_by, as_of), format, _CHANGED)
    else:
        asked = source.condition(condition)
        for line in asked.took:
            print(f"ivig: {line}", file=sys.stderr)
        found = _one(source, asked.iri, as_of)
        if format is RowFormat.table:
            _print(found, source, as_of)
        else:
            write_rows(found, format, _CHANGED)


def _one(source: Graph, condition: str, as_of: int | None) -> list[dict[str, Any]]:
    """The verdicts on one condition, a row an intent, with what they would be otherwise."""
    from ivig.cli.terminal import stages

    names = ["now", *(change.value for change in CHANGES)]
    with stages(names, "deriving the verdict") as begin:
        begin("now")
        sensitivity = Sensitivity(source, condition, as_of=as_of)
        otherwise = {}
        for change in CHANGES:
            begin(change.value)
            otherwise[change] = sensitivity.changed(change)
    return [
        {
            **_told(now),
            "reason": now.sentence,
            **{CHANGES[change]: _otherwise(now, found.get(iri), change) for change, found in otherwise.items()},
        }
        for iri, now in sensitivity.verdicts.items()
        if now.condition == condition
    ]


def _otherwise(now: Verdict, then: Verdict | None, change: Change) -> str:
    """What it would be: the question that is answered now comes first, also where another one would lead.

    Where designs are mixed there is no strength, since the best of them is not that of all.
    """
    if then is None:
        return "no verdict"

    def told(answer: Answer) -> str:
        if change is not Change.UNCONTROLLED:
            return str(answer)
        return str(now.answer) if answer.word == now.word else answer.word

    if then.question == now.question or not now.question or not then.question:
        return told(then.answer)
    same = told(then.answers[now.question]) if now.question in then.answers else f"nothing left {now.question}"
    return f"{same}; another question leads then, {then.question}: {told(then.answer)}"


def _told(verdict: Verdict) -> dict[str, Any]:
    """What both kinds of row begin with."""
    return {
        "condition": verdict.condition,
        "condition_label": verdict.condition_label,
        "intent": verdict.intent,
        "verdict": verdict.word,
        "strength": verdict.strength,
    }


def _changed(source: Graph, changed_by: Change, as_of: int | None) -> list[dict[str, Any]]:
    """The verdicts whose word would be another, a row each."""
    from ivig.cli.terminal import stages

    with stages(["now", changed_by.value], "deriving the verdicts") as begin:
        begin("now")
        sensitivity = Sensitivity(source, as_of=as_of)
        begin(changed_by.value)
        otherwise = sensitivity.changed(changed_by)
    return [
        {
            **_told(now),
            "otherwise": _otherwise(now, otherwise.get(iri), changed_by),
        }
        for iri, now in sensitivity.verdicts.items()
        if iri not in otherwise or otherwise[iri].word != now.word
    ]


def _print(found: list[dict[str, Any]], source: Graph, as_of: int | None) -> None:
    from ivig.cli.table import print_table

    if not found:
        print("Nothing in the graph tells of it" + (f", as of {as_of}." if as_of else "."))
        return
    for row in found:
        print(f"{row['condition_label']}, to {row['intent']}: {row['verdict']} ({row['strength']})")
        print(textwrap.fill(row["reason"], _WIDTH, initial_indent="  ", subsequent_indent="  "))
        now = f"{row['verdict']} ({row['strength']})"
        for words, answer in row.items():
            if words.startswith("with"):
                said = (
                    f"{words}: no change{answer.removeprefix(now)}" if answer.startswith(now) else f"{words}: {answer}"
                )
                print(textwrap.fill(said, _WIDTH, initial_indent="  ", subsequent_indent="    "))
        print()
    print("This follows from the direction of what was read. It is no advice on a patient.\n")
    if as_of is None:
        basis = source.query("verdict-basis", condition=found[0]["condition"])
        counted = [row for row in basis if row["why"] == "counts"]
        print_table(basis.columns, counted, _BASIS, more_by="ivig query verdict-basis --format csv")
        if others := len(basis) - len(counted):
            asked = f"ivig query verdict-basis --condition {shlex.quote(found[0]['condition_label'])}"
            print(f"{others} that do not count, each with its reason:\n  {asked}")
