"""Tables that fit the terminal.

Drawn here and not by rich: of a question that takes 0.31 s of CPU, rich would take 0.13 s more to load, and 0.43 s for
each thousand rows, for a table of plain text without markup, colours or layout.
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from ivig.query.results import Value, own_columns

_LONGEST_WORD = 18
_NARROWEST = 8
"""Characters to which a word is broken where a column was asked for; narrower than that, nobody reads it."""
_WIDEST = 44
_MUCH = 80
"""Characters from which on a cell is a sentence, which is given more width than a name."""
_SENTENCE = 30
_NARROW_SENTENCE = 16
_WIDEST_SENTENCE = 64
_ASCII = str.maketrans("┏━┳┓┡╇┩└─┴┘┃│", "+-++++++-++||")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def shown_columns(columns: Sequence[str], preferred: Sequence[str] = ()) -> list[str]:
    """The columns that a table shows: the preferred ones, else all, with labels in place of the IRIs they stand for.

    :param columns: that the answer has
    :param preferred: those that are wanted; one that the answer does not have is left out
    """
    wanted = preferred or own_columns(columns)
    return [f"{name}_label" if f"{name}_label" in columns else name for name in wanted if name in columns]


def print_table(
    columns: Sequence[str],
    rows: Sequence[dict[str, Value]],
    preferred: Sequence[str] = (),
    *,
    more_by: str,
    asked_for: bool = False,
) -> None:
    """Print rows as a table no wider than the terminal.

    Columns without a value are left out, and the last ones where the terminal is too narrow for all; a line below says
    what is missing and how to get it.

    :param preferred: the columns to show, most important first
    :param more_by: what gives the others
    :param asked_for: whether the user named the columns: then all of them are shown, words are broken to fit, and what
        does not fit side by side stands one below the other
    """
    terminal = shutil.get_terminal_size().columns
    shown = shown_columns(columns, preferred)
    filled = shown if asked_for else [name for name in shown if any(row[name] is not None for row in rows)]
    cells = {name: [_cell(row[name]) for row in rows] for name in filled}
    sentences = {name for name in filled if max(map(len, cells[name]), default=0) >= _MUCH}
    least = {name: max(_least_width(_head(name), cells[name]), _SENTENCE * (name in sentences)) for name in filled}
    while len(filled) > 1 and _total(least[name] for name in filled) > terminal:
        broken = [name for name in filled if least[name] > (_NARROW_SENTENCE if name in sentences else _NARROWEST)]
        if not asked_for:
            filled.pop()
        elif broken:
            least[max(broken, key=lambda name: least[name])] -= 1
        else:
            break
    fits = len(filled) < 2 or _total(least[name] for name in filled) <= terminal
    if filled and fits:
        widths = _widths({name: [_head(name), *cells[name]] for name in filled}, least, terminal)
        right = [all(isinstance(row[name], (int, float)) or row[name] is None for row in rows) for name in filled]
        body = [[cells[name][number] for name in filled] for number in range(len(rows))]
        print(_drawn([widths[name] for name in filled], [_head(name) for name in filled], body, right))
    elif filled:
        print_records([[(_head(name), cells[name][number]) for name in filled] for number in range(len(rows))])
    more = len(own_columns(columns)) - len(filled)
    note = f"{len(rows)} row{'s' * (len(rows) != 1)}"
    if more > 0:
        note += f"; {more} more column{'s' * (more != 1)} with {more_by}"
    print(note)


def print_records(records: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Print records one below the other, a line a field, with an empty line between: for more than fits side by side.

    Fields without a value are left out.
    """
    terminal = shutil.get_terminal_size().columns
    for number, record in enumerate(records):
        if number:
            print()
        told = [(name, text) for name, text in record if text]
        width = max((len(name) for name, _ in told), default=0) + 2
        for name, text in told:
            wider = max(terminal - width, _LONGEST_WORD)
            print(textwrap.fill(text, width + wider, initial_indent=name.ljust(width), subsequent_indent=" " * width))


def _drawn(widths: list[int], heads: list[str], rows: list[list[str]], right: list[bool]) -> str:
    lines = [_rule("┏━┳┓", widths), *_row("┃", widths, heads, [False] * len(widths)), _rule("┡━╇┩", widths)]
    for row in rows:
        lines += _row("│", widths, row, right)
    lines.append(_rule("└─┴┘", widths))
    drawn = "\n".join(lines)
    return drawn if _draws_lines() else drawn.translate(_ASCII)


def _draws_lines() -> bool:
    """Whether the terminal has the characters of which lines are drawn."""
    try:
        "┏━┃".encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _rule(corners: str, widths: list[int]) -> str:
    left, line, middle, right = tuple(corners)
    return left + middle.join(line * (width + 2) for width in widths) + right


def _row(bar: str, widths: list[int], cells: list[str], right: list[bool]) -> Iterator[str]:
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*wrapped, fillvalue=""):
        aligned = (
            part.rjust(width) if to_right else part.ljust(width)
            for part, width, to_right in zip(parts, widths, right, strict=True)
        )
        yield f"{bar} " + f" {bar} ".join(aligned) + f" {bar}"


def _widths(texts: dict[str, list[str]], least: dict[str, int], terminal: int) -> dict[str, int]:
    """As wide as the texts need, then narrower, the widest column first, until the table fits."""
    longest = {name: max(map(len, cells)) for name, cells in texts.items()}
    widths = {
        name: max(least[name], min(long, _WIDEST if long < _MUCH else _WIDEST_SENTENCE))
        for name, long in longest.items()
    }
    while _total(widths.values()) > terminal:
        shrinking = [name for name in widths if widths[name] > least[name]]
        if not shrinking:
            # One column is left, and its longest word is wider than the terminal.
            name = next(iter(widths))
            widths[name] = max(terminal - 4, 1)
            return widths
        widths[max(shrinking, key=lambda name: widths[name])] -= 1
    return widths


def _total(widths: Iterable[int]) -> int:
    return sum(width + 3 for width in widths) + 1


def _cell(value: Value) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    # What a label says must not steer the terminal.
    return _CONTROL.sub(" ", text)


def _head(name: str) -> str:
    return name.removesuffix("_label").replace("_", " ")


def _least_width(head: str, cells: list[str]) -> int:
    words = (len(word) for text in (head, *cells) for word in text.split())
    return min(max(words, default=1), _LONGEST_WORD)
