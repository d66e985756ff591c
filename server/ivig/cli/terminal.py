"""What the command line shows: tables that fit the terminal, and stages as they pass."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivig.ask.results import Value, own_columns

_LONGEST_WORD = 18
_WIDEST = 44


def shown_columns(columns: Sequence[str], preferred: Sequence[str] = ()) -> list[str]:
    """The columns that a table shows: the preferred ones, else all, with labels in place of the IRIs they stand for."""
    wanted = preferred or own_columns(columns)
    return [f"{name}_label" if f"{name}_label" in columns else name for name in wanted if name in columns]


def print_table(columns: Sequence[str], rows: Sequence[dict[str, Value]], preferred: Sequence[str] = ()) -> None:
    """Print rows as a table no wider than the terminal.

    preferred: the columns to show, most important first. Columns without a value are left out, and the last ones where
    the terminal is too narrow for all; a line below says what is missing and how to get it.
    """
    console = Console()
    filled = [name for name in shown_columns(columns, preferred) if any(row[name] is not None for row in rows)]
    cells = {name: [_cell(row[name]) for row in rows] for name in filled}
    widths = {name: _least_width(_head(name), cells[name]) for name in filled}
    fitting = list(filled)
    while len(fitting) > 1 and sum(widths[name] + 3 for name in fitting) + 1 > console.width:
        fitting.pop()
    table = Table(header_style="bold", show_lines=False)
    for name in fitting:
        numeric = all(isinstance(row[name], (int, float)) or row[name] is None for row in rows)
        table.add_column(
            _head(name),
            justify="right" if numeric else "left",
            overflow="fold",
            min_width=widths[name],
            max_width=_WIDEST,
        )
    for number in range(len(rows)):
        table.add_row(*(Text(cells[name][number]) for name in fitting))
    console.print(table)
    more = len(own_columns(columns)) - len(fitting)
    note = f"{len(rows)} row{'s' * (len(rows) != 1)}"
    if more > 0:
        note += f"; {more} more column{'s' * (more != 1)} with --format csv or --columns"
    console.print(note, style="dim", highlight=False)


@contextmanager
def stages(names: Sequence[str], title: str) -> Iterator[Callable[[str], None]]:
    """Show stages as they pass, each with its seconds, on standard error. Gives the call that begins a stage.

    The stage under way turns and counts only where standard error is a terminal.
    """
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    passed: list[tuple[str, float]] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(title, total=len(names))

        def close_last() -> None:
            if passed:
                name, began = passed[-1]
                console.print(f"  {name:<9}{time.perf_counter() - began:6.2f} s", highlight=False)

        def begin(name: str) -> None:
            close_last()
            progress.update(task, description=f"{title}: {name}", completed=len(passed))
            passed.append((name, time.perf_counter()))

        yield begin
        close_last()


@contextmanager
def counting(title: str) -> Iterator[Callable[[int], None]]:
    """Show a running count on standard error, where that is a terminal. Gives the call that says how many there are."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.completed}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(title, total=None)
        yield lambda number: progress.update(task, completed=number)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _head(name: str) -> str:
    return name.removesuffix("_label").replace("_", " ")


def _least_width(head: str, cells: list[str]) -> int:
    words = (len(word) for text in (head, *cells) for word in text.split())
    return min(max(words, default=1), _LONGEST_WORD)
