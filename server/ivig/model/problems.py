"""What is wrong with files of records and bibliographies, all of it in one error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ivig.errors import BadInput

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_SHOWN_PROBLEMS = 20
_SHOWN_CHARACTERS = 80


class Problem(NamedTuple):
    """What is wrong with one field of one record.

    :param file: its name, for messages
    :param place: such as "line 12", "sheet evidence, row 5" or "entry 3"
    :param record: its id or name, where known
    :param field: dotted, empty for the record as a whole
    :param value: what was found
    :param allowed: what may stand there instead
    :param doubt: it may be right, and a curator who looked can let it through
    """

    file: str
    place: str
    record: str
    field: str
    value: str
    allowed: str
    doubt: bool = False

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place, self.record) if part)
        what = f"{self.field}: " if self.field else ""
        found = f" (found: {self.value})" if self.value else ""
        doubtful = "doubtful: " if self.doubt else ""
        return f"{where + ': ' if where else ''}{what}{doubtful}{self.allowed}{found}"


class BadRecords(BadInput):
    """Records that cannot be read, or that contradict each other or what is known.

    `problems` holds every one of them; the message has a line for each of the first twenty. `whole` says that it is the
    file that cannot be read, and not only some of its rows.
    """

    def __init__(self, problems: Sequence[Problem], head: str = "", *, whole: bool = False) -> None:
        """
        :param problems: every one, in the order in which the message lists them
        :param head: a line that stands before them in the message; empty for none
        :param whole: whether it is the file that cannot be read, and not only some of its rows
        """
        self.problems = list(problems)
        self.whole = whole
        shown = [str(problem) for problem in self.problems[:_SHOWN_PROBLEMS]]
        more = len(self.problems) - len(shown)
        super().__init__("\n".join([*filter(None, [head]), *shown, *([f"… and {more:,} more"] if more else [])]))


def shown(value: object) -> str:
    r"""A value as a message can show it: short, on one line, and harmless to a terminal.

    >>> shown("10.1000/x\x1b[2J\n")
    '10.1000/x\\x1b[2J\\n'
    """
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
    return printable(cut)


def printable(text: str) -> str:
    r"""Text of others as a terminal can show it: on one line, and without what would steer it.

    >>> printable("data\x1b[2J\n.nq")
    'data\\x1b[2J\\n.nq'
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def problems_of(error: ValidationError, place: str, record: str, *, file: str = "", tag: str = "") -> Iterator[Problem]:
    """A problem for each field that a model refused, in plain words.

    :param tag: where the model is one of several, the word that chose it, which pydantic puts before the fields
    """
    problems: dict[tuple[str, str, str], None] = {}
    for refusal in error.errors(include_url=False):
        location = list(refusal["loc"])
        field = shown(_field(location[1:] if location and location[0] == tag else location))
        of_a_part = isinstance(refusal["input"], dict) and refusal["type"] == "value_error"
        says_nothing = refusal["type"] == "missing" or refusal["input"] is None or of_a_part
        # Of a record as a whole, or of a field that is not there, the value says nothing.
        value = shown(refusal["input"]) if field and not says_nothing else ""
        if refusal["type"].startswith("union_tag"):
            field, value = "kind", shown(refusal.get("ctx", {}).get("tag", ""))
        # Of a single figure both ends of its range are wrong.
        problems[field, value, _allowed(refusal, field)] = None
    yield from (Problem(file, place, record, *problem) for problem in problems)


def _field(location: Sequence[str | int]) -> str:
    """The dotted name of a field; of the members of a list, the first has no number.

    >>> _field(("dose", 0, "days", 1)), _field(("dose", 1, "note")), _field(("concomitant", 1))
    ('dose.days', 'dose.2.note', 'concomitant.1')
    """
    names = list(location[:-1]) if len(location) > 2 and isinstance(location[-1], int) else list(location)
    within = [name + 1 if isinstance(name, int) else name for name in names[:-1] if name != 0]
    return ".".join(map(str, [*within, *names[-1:]]))


_ALLOWED = {
    "missing": "needed",
    "bool_parsing": "yes or no",
    "bool_type": "yes or no",
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "small letters, digits and hyphens, such as neuro-001",
    "literal_error": "one of {expected}",
    "union_tag_invalid": "a kind of record: one of {expected_tags}",
    "union_tag_not_found": "needed: the kind of record",
    "extra_forbidden": "no such field in a record of this kind; check its spelling",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "url_parsing": "the address of a page, such as https://pubmed.ncbi.nlm.nih.gov/8602753/",
    "url_scheme": "the address of a page, such as https://pubmed.ncbi.nlm.nih.gov/8602753/",
    "list_type": "a list",
    "tuple_type": "a number, or a range of two",
    "model_type": "an object with fields of its own",
    "model_attributes_type": "an object with fields of its own",
    "date_parsing": "a day, such as 2026-11-28",
    "date_from_datetime_parsing": "a day, such as 2026-11-28",
    "date_from_datetime_inexact": "a day, such as 2026-11-28, without a time",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number, such as 12",
    "int_parsing_size": "a whole number, such as 12",
    "int_type": "a whole number, such as 12",
    "float_parsing": "a number, such as 0.05",
    "float_type": "a number, such as 0.05",
    "finite_number": "a number that is finite",
}
"""What may stand in a field, by the name that pydantic gives the refusal."""
_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_THOUSANDS = re.compile(r"\d{1,3}(?:[,.' ]\d{3})+")
_NO_SEPARATOR = str.maketrans("", "", ",.' ")
_PERCENT = re.compile(r"([+-]?[\d.,]+)\s*%")
_BOUND = re.compile(r"([<>=≤≥~]+)\s*([\d.,]+)")


def _allowed(refusal: ErrorDetails, field: str) -> str:
    context = refusal.get("ctx", {})
    if refusal["type"] == "value_error":
        # A message may quote what it refuses.
        return printable(str(context["error"]))
    if refusal["input"] is None:
        return _ALLOWED["missing"]
    words = _ALLOWED.get(refusal["type"], refusal["msg"].replace("Input should be", "should be"))
    limits = {name: f"{bound:g}" if isinstance(bound, float) else bound for name, bound in context.items()}
    allowed = printable(words.format_map(limits).replace("'", "") if refusal["type"] in _ALLOWED else words)
    is_number = refusal["type"].startswith(("int_", "float_"))
    is_whole = refusal["type"].startswith("int_")
    return f"{allowed}{_mended(str(refusal['input']).strip(), field, is_whole)}" if is_number else allowed


def _mended(typed: str, field: str, is_whole: bool) -> str:
    """How to write what was meant by a number that is none.

    >>> _mended("0,05", "effect.p", False), _mended("<0.001", "effect.p", False)
    (': write 0.05', ': write 0.001, and < in effect.p_relation')
    >>> _mended("5%", "effect.p", False), _mended("1,200", "n_participants", True)
    (': write 0.05, a part of one', ': write 1200')
    """
    if is_whole:
        return f": write {typed.translate(_NO_SEPARATOR)}" if _THOUSANDS.fullmatch(typed) else ""
    if comma := _COMMA.fullmatch(typed):
        return f": write {comma[1]}.{comma[2]}"
    if percent := _PERCENT.fullmatch(typed):
        number = percent[1].replace(",", ".")
        if field.endswith(".p"):
            return f": write {_hundredth(number)}, a part of one"
        return f": write {number}, and % as its unit"
    if bound := _BOUND.fullmatch(typed):
        number = bound[2].replace(",", ".")
        return f": write {number}" + (f", and {bound[1]} in {field}_relation" if field.endswith(".p") else "")
    return ""


def _hundredth(number: str) -> str:
    try:
        return f"{float(number) / 100:g}"
    except ValueError:
        return "such as 0.05"
