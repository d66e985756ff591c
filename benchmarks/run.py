"""Runs the benchmarks, each against its peers, and writes what they print to `docs/benchmarks.md`, with plots.

usage: python benchmarks/run.py [--small] [--page FILE] [NAME…]

NAME is a program of this folder, such as `server`; all of them without one. `--small` measures one graph of a
few statements and leaves out what takes minutes: a run to see that everything works.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from generator import SEED
from growth import SIZES, table
from harness import ROOT, machine

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "benchmarks.md"
PEERS = ROOT / ".venv" / "peers" / "bin"
ARGUMENTS: dict[str, list[str | Path]] = {
    "first_answers": [],
    "query_start": [],
    "build_full": [],
    "server": [PEERS],
    "engines": [PEERS],
    "attacked": [],
    "export": [],
    "import_records": [],
    "link_ontology": [],
    "build_reference": [],
}
"""The programs that hold to a claim, with what they are given; their exit code says whether the claim holds."""
SMALL: dict[str, list[str | Path]] = {"query_start": ["5"]}
SMALL_SIZES = (150,)
HEAD = """<!-- Written by `make bench`; run it again, do not change this page. -->

# Benchmarks

Every figure was printed by the program named beside it, in one run on one machine, with its peers in the same run: it
is the ratios that count. Programs that hold to a claim say whether it holds.

"""
PLOTS = {
    "growth-build": (
        "Seconds of a build, by the clock", "s", ("read", "infer", "publish", "build after a change", "start")),
    "growth-memory": ("Most megabytes that a process held", "MB", ("build", "build, a worker", "start")),
    "growth-one": ("Milliseconds for a question about one thing", "ms", (
        "evidence-for-condition, one condition", "verdict-basis, one condition",
        "statements-for-citation, one citation",
        "subgraph of one condition, in Turtle", "a name, looked up", "words, searched for")),
    "growth-all": ("Milliseconds for a question about the whole graph", "ms", (
        "evidence-summary", "conditions", "recommendations", "contested-conditions", "reviews-against-trials")),
}  # fmt: skip
"""File to title, unit and what is drawn."""


def ran(name: str, arguments: Sequence[str | Path]) -> str:
    """What a program is for, what it printed, and whether its claim holds, as a section of the page."""
    print(name, file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, HERE / f"{name}.py", *arguments], stdout=subprocess.PIPE, text=True, check=False
    )
    holds = "The claims hold." if done.returncode == 0 else "**Not all claims held in this run.**"
    return f"{_described(name)}\n```console\n{done.stdout.rstrip()}\n```\n\n{holds}\n\n"


def _described(name: str) -> str:
    """The heading of a program's section and the head of its file without its usage."""
    head = ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))) or ""
    told = head.partition("usage:")[0].strip()
    return f"## `benchmarks/{name}.py`\n\n{told}\n"


def growth(sizes: Sequence[int]) -> list[dict[str, Any]]:
    """What was measured of generated graphs of these sizes."""
    print("growth", file=sys.stderr, flush=True)
    program: list[str | Path] = [sys.executable, HERE / "growth.py", *map(str, sizes)]
    found: list[dict[str, Any]] = json.loads(subprocess.run(program, stdout=subprocess.PIPE, check=True).stdout)
    return found


def grown(found: list[dict[str, Any]], folder: Path) -> str:
    """The section on growth, its plots written beside the page.

    :param found: what was measured
    :param folder: for the plots
    """
    rows = table(found)
    lines = [f"{_described('growth')}\nSeed {SEED}.\n"]
    lines += [f"![{title}](images/{file}.svg)" for file, (title, _, _) in PLOTS.items()]
    plotted(found, rows, folder)
    lines.append("\n| | " + " | ".join(f"{one['size']:,}" for one in found) + " | exponent |")
    lines.append("|---|" + "---:|" * (len(found) + 1))
    for name, figures, power in rows:
        told = " | ".join(f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}" for figure in figures)
        lines.append(f"| {name} | {told} | {'' if power is None else f'{power:.2f}'} |")
    return "\n".join(lines) + "\n\n"


def plotted(found: list[dict[str, Any]], rows: list[tuple[str, list[float], float | None]], folder: Path) -> None:
    """Write the plots of growth as SVG, the same for the same figures."""
    import matplotlib

    matplotlib.use("svg")
    # Without these, every run names the parts of a picture anew.
    matplotlib.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none"})
    from matplotlib import pyplot

    figures = {name: row for name, row, _ in rows}
    folder.mkdir(parents=True, exist_ok=True)
    for file, (title, unit, drawn) in PLOTS.items():
        figure, axes = pyplot.subplots(figsize=(8, 4.5))
        for name in drawn:
            axes.plot([one["size"] for one in found], figures[f"{name}, {unit}"], marker="o", label=name)
        axes.set(xscale="log", yscale="log", xlabel="statements", ylabel=unit, title=title)
        axes.legend(fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
        figure.savefig(folder / f"{file}.svg", bbox_inches="tight", metadata={"Date": None})
        pyplot.close(figure)


def main() -> None:
    """Run what is asked for and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("names", nargs="*", choices=["growth", *ARGUMENTS, []])
    given = parser.parse_args()
    programs = SMALL if given.small else ARGUMENTS
    sections = [ran(name, arguments) for name, arguments in programs.items() if not given.names or name in given.names]
    if not given.names or "growth" in given.names:
        sections.append(grown(growth(SMALL_SIZES if given.small else SIZES), given.page.parent / "images"))
    about = f"ivig {version('ivig')}, {machine()}\n\n"
    given.page.write_text(HEAD + about + "".join(sections).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
