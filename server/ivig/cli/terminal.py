"""What the command line shows of work under way: stages as they pass, and a running count."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def stages(names: Sequence[str], title: str) -> Iterator[Callable[..., None]]:
    """Show stages as they pass, each with its seconds, on standard error. Gives the call that begins a stage, and that
    says which share of it is done.

    The stage under way spins and counts only where standard error is a terminal.

    :param names: of the stages, in order; how many they are tells how far it is
    :param title: what the stages are of
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

        def begin(name: str, share: float = 0) -> None:
            if not passed or passed[-1][0] != name:
                close_last()
                passed.append((name, time.perf_counter()))
            progress.update(task, description=f"{title}: {name}", completed=len(passed) - 1 + share)

        yield begin
        close_last()


@contextmanager
def counting(title: str, shown: str = ": {task.completed}") -> Iterator[Callable[[int], None]]:
    """Show on standard error, where that is a terminal, that something is under way, for how long, and how much is
    done. Gives the call that says how much.

    :param title: what is under way
    :param shown: how what is done is shown, in the words of rich; empty for not at all
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}" + shown), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(title, total=None)
        yield lambda number: progress.update(task, completed=number)
