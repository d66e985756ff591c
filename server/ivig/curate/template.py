"""An empty spreadsheet for records: a sheet a kind, with its columns, drop-downs and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ivig.errors import UnknownName
from ivig.io.tables import LISTS, READ_ME, SEPARATOR, Column, column_types, columns
from ivig.model.records import KINDS

__all__ = ["VOCABULARIES", "columns", "write_template"]

VOCABULARIES = (
    "study_type",
    "comparison",
    "product",
    "blinding",
    "mechanism_group",
    "outcome_kind",
    "line",
    "status",
    "topic",
    "condition",
    "outcome",
    "mechanism",
    "adverse_event",
    "body",
)
"""The columns whose words come from a vocabulary outside the models."""

_NAMES_OF_GOODS = ("regulatory", "product")
"""What an authority licenses is named as on its pack; only evidence has products of the vocabulary."""
_INLINE_LIMIT = 255
_LAST_ROW = 1_048_576
_BOLD = Font(bold=True)
_REQUIRED = PatternFill("solid", fgColor="FFE699")
_TYPES = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
_EXAMPLES = {
    "id": "neuro-001",
    "citation.pmid": "8602753",
    "citation.doi": "10.1002/14651858.CD002063",
    "citation.pmcid": "PMC6781841",
    "read_at": "https://pubmed.ncbi.nlm.nih.gov/8602753/",
}
_ADVICE = (
    "One sheet a kind of record, one record a row. Leave empty what was not read.",
    "A column on a coloured ground is needed.",
    f'Several values in one cell are separated by "{SEPARATOR}".',
    "Numbers are plain, with a point: 0.05, no percentage and no date.",
    'No formulas. So no text begins with "=", or with "+", "-" or "@" before a letter or a parenthesis.',
)


def write_template(path: Path, vocabularies: Mapping[str, Sequence[str]]) -> None:
    """Write an empty XLSX that `read_rows` can read once it is filled in.

    vocabularies: the words to offer, by name (one of VOCABULARIES). Words of the models are the only ones that their
    columns take; of those of a vocabulary the spreadsheet warns, as a new term may be right.
    Raises UnknownName where a vocabulary is for no column.
    """
    for name in vocabularies:
        if name not in VOCABULARIES:
            raise UnknownName("vocabulary", name, list(VOCABULARIES))
    book = Workbook()
    read_me = book.worksheets[0]
    read_me.title = READ_ME
    _explain(read_me)
    lists = _Lists(book)
    for kind in KINDS:
        _add_sheet(book.create_sheet(kind), kind, vocabularies, lists)
    lists.place_last()
    book.save(path)


class _Lists:
    """The hidden sheet of the words that are too long for a drop-down itself. One column for each list of words."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._sheet: Worksheet = book.create_sheet(LISTS)
        self._sheet.sheet_state = "hidden"
        self._ranges: dict[tuple[str, ...], str] = {}

    def source(self, words: tuple[str, ...]) -> str:
        """What a drop-down names as the source of its words."""
        inline = f'"{",".join(words)}"'
        # Within a drop-down a comma would end a word, a quotation mark the list.
        if len(inline) <= _INLINE_LIMIT and not any(sign in word for word in words for sign in ',"'):
            return inline
        if words not in self._ranges:
            self._ranges[words] = self._add(words)
        return self._ranges[words]

    def place_last(self) -> None:
        self._book.move_sheet(self._sheet, offset=len(self._book.sheetnames))

    def _add(self, words: tuple[str, ...]) -> str:
        column = len(self._ranges) + 1
        for row, word in enumerate(words, 1):
            cell = self._sheet.cell(row, column, word)
            # A word that begins with "=" is still a word.
            cell.data_type = "s"
        letter = get_column_letter(column)
        return f"{LISTS}!${letter}$1:${letter}${len(words)}"


def _add_sheet(sheet: Worksheet, kind: str, vocabularies: Mapping[str, Sequence[str]], lists: _Lists) -> None:
    sheet.freeze_panes = "A2"
    for number, column in enumerate(column_types(kind).values(), 1):
        letter = get_column_letter(number)
        width = sheet.column_dimensions[letter]
        width.width = max(14, len(column.name) + 3)
        # Else a spreadsheet makes a date of "1-2", a number of a PMID and a formula of "=".
        if column.type is str:
            width.number_format = "@"
        head = sheet.cell(1, number, column.name)
        head.font = _BOLD
        if column.required and not column.part:
            head.fill = _REQUIRED
        words, closed = _words(kind, column, vocabularies)
        if words:
            sheet.add_data_validation(_drop_down(f"{letter}2:{letter}{_LAST_ROW}", lists.source(words), closed))


def _words(kind: str, column: Column, vocabularies: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], bool]:
    """The words to offer in a column, and whether it takes no others."""
    if column.choices:
        return column.choices, True
    if column.type is bool:
        return ("yes", "no"), True
    return tuple(vocabularies.get(column.name, ())) if _has_vocabulary(kind, column) else (), False


def _has_vocabulary(kind: str, column: Column) -> bool:
    return column.name in VOCABULARIES and (kind, column.name) != _NAMES_OF_GOODS


def _drop_down(cells: str, source: str, closed: bool) -> DataValidation:
    return DataValidation(
        type="list",
        sqref=cells,
        formula1=source,
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="stop" if closed else "warning",
        errorTitle="Not in the list",
        error="Choose a word of the list." if closed else "No word of the list. Keep it only if none of them fits.",
    )


def _explain(sheet: Worksheet) -> None:
    sheet.append(["Records of the IVIG Evidence Graph"])
    for line in _ADVICE:
        sheet.append([line])
    sheet.append([])
    sheet.append(["sheet", "column", "needed", "what it holds"])
    for cell in (sheet["A1"], *sheet[sheet.max_row]):
        cell.font = _BOLD
    for kind, model in KINDS.items():
        sheet.append([kind, None, None, model.__doc__])
        sheet.cell(sheet.max_row, 1).font = _BOLD
        explained = ""
        for column in column_types(kind).values():
            # What a part is stands once, at its first column.
            about = [f"Of {column.part}: {column.about}"] if column.part != explained and column.part else []
            explained = column.part
            sheet.append([kind, column.name, _needed(column), " ".join([*_meaning(kind, column), *about])])
    for letter, width in zip("ABCD", (16, 26, 30, 100), strict=True):
        sheet.column_dimensions[letter].width = width


def _needed(column: Column) -> str | None:
    if not column.required:
        return None
    return f"if {column.part} is given" if column.part else "yes"


def _meaning(kind: str, column: Column) -> Iterator[str]:
    """What a column holds, in short sentences."""
    if column.choices:
        yield f"One of: {', '.join(column.choices)}."
    else:
        several = f', several separated by "{SEPARATOR}"' if column.several else ""
        limits = f" {column.limits}" if column.limits else ""
        yield f"{_TYPES[column.type].capitalize()}{limits}{several}."
    if column.name in _EXAMPLES:
        yield f"For instance {_EXAMPLES[column.name]}."
    if _has_vocabulary(kind, column):
        yield "A word of the list, where one fits."
