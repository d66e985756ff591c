"""A spreadsheet for records: a sheet a kind, with its columns, drop-downs and what they mean; empty, or with rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ivig.build.sources import read
from ivig.curate.bibliography import citation_fields
from ivig.graph_files import GraphFiles
from ivig.io.bibliographies import Publication
from ivig.io.name_index import NameIndex
from ivig.io.tables import LISTS, READ_ME, SEPARATOR, Column, column_types
from ivig.model.records import KINDS
from ivig.model.schema import schema
from ivig.query.names import Names

_THINGS = ("Condition", "Outcome", "Mechanism", "AdverseEvent", "Body")
"""What a record may name anew; of a vocabulary it takes the terms that there are."""
_INLINE_LIMIT = 255
_LAST_ROW = 1_048_576
_MOST_WORDS = 20
_BOLD = Font(bold=True)
_REQUIRED = PatternFill("solid", fgColor="FFE699")
_TYPES = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
_ADVICE = (
    "One sheet a kind of record, one record a row. Leave empty what was not read.",
    "A column on a coloured ground is needed. What a column means stands in the note on its name, and below.",
    f'Several values in one cell are separated by "{SEPARATOR}".',
    f'A dose of several phases or arms has a value for each in every dose column: "load{SEPARATOR}maintenance" in one, '
    f'"2{SEPARATOR}1" in another. A range is "1 to 2", "from 1" or "up to 2".',
    "Numbers are plain, with a point: 0.05, no percentage and no date. A day is 2026-11-28.",
    'No formulas. So no text begins with "=", or with "+", "-" or "@" before a letter or a parenthesis.',
)
_EXAMPLES = {
    "direction_was": "mixed",
    "dose.g_per_kg_total": "1 to 2",
    "dose.days": "2 to 5",
    "dose.note": "then as needed",
    "note": "The abstract and the table give different numbers.",
    "citation.pmcid": "PMC and its digits",
    "authority": "Food and Drug Administration",
    "body_short": "AAN",
}
"""Of columns that hold more, or something else, than what the ontology has an example of."""
Words = Mapping[str, Sequence[str]]
CellValue = str | int | float | bool | None
Rows = Mapping[str, Sequence[Mapping[str, CellValue]]]
"""By kind, the values of each row by column."""


def words(files: GraphFiles) -> dict[str, list[str]]:
    """What the columns of records may hold, by class: the terms of every vocabulary, and the names of things."""
    sources = read(files, with_links=False)
    names = Names(NameIndex.of([*sources.ontology, *sources.data]))
    known = schema(files)
    return {kind: known.terms(kind) for kind in known.vocabularies} | {kind: names.labels(kind) for kind in _THINGS}


def write_template(path: Path, offered: Words, rows: Rows | None = None) -> None:
    """Write an XLSX that `read_rows` can read once it is filled in.

    :param offered: the words to offer, by class; of a vocabulary they are the only ones, of things the spreadsheet
        warns, as a new one may be right
    :param rows: what stands in it already: rows by kind, each a value a column; nothing without
    """
    book = Workbook()
    read_me = book.worksheets[0]
    read_me.title = READ_ME
    _explain(read_me, offered)
    lists = _Lists(book)
    for kind in KINDS:
        sheet = book.create_sheet(kind)
        _add_sheet(sheet, kind, offered, lists)
        _fill(sheet, kind, (rows or {}).get(kind, ()))
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


def _add_sheet(sheet: Worksheet, kind: str, offered: Words, lists: _Lists) -> None:
    sheet.freeze_panes = "A2"
    for number, column in enumerate(column_types(kind).values(), 1):
        letter = get_column_letter(number)
        width = sheet.column_dimensions[letter]
        width.width = max(14, len(column.name) + 3)
        # Else a spreadsheet makes a date of "1-2", a number of a PMID and a formula of "=".
        if column.type is str or column.range or column.listed:
            width.number_format = "@"
        head = sheet.cell(1, number, column.name)
        head.font = _BOLD
        head.comment = Comment(" ".join(_meaning(column, offered)), "ivig", height=180, width=320)
        if column.required and not column.part:
            head.fill = _REQUIRED
        words, closed = _words(column, offered)
        if words:
            sheet.add_data_validation(_drop_down(f"{letter}2:{letter}{_LAST_ROW}", lists.source(words), closed))


def _fill(sheet: Worksheet, kind: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
    types = column_types(kind)
    for number, row in enumerate(rows, 2):
        for index, (name, column) in enumerate(types.items(), 1):
            if (value := row.get(name)) is None:
                continue
            cell = sheet.cell(number, index, value)
            if isinstance(value, str):
                # A text that looks like a formula is a text.
                cell.data_type = "s"
            if column.type is str or column.range or column.listed:
                cell.number_format = "@"


def publication_rows(publications: Iterable[Publication]) -> list[dict[str, CellValue]]:
    """What publications tell of the records that will be read from them: the columns of the citation, and the page.

    :param publications: as they were read from a bibliography
    """
    return [
        {
            **{f"citation.{name}": value for name, value in citation_fields(each)},
            "retraction": "retracted" if each.retraction == "retracted" else None,
            "read_at": f"https://pubmed.ncbi.nlm.nih.gov/{each.pmid}/" if each.pmid else each.address or None,
        }
        for each in publications
    ]


def _words(column: Column, offered: Words) -> tuple[tuple[str, ...], bool]:
    """The words to offer in a column, and whether it takes no others."""
    one = not column.several and not column.listed
    if column.choices:
        return column.choices, one
    if column.type is bool:
        return ("yes", "no"), one
    kind = column.fills.kind if column.fills else ""
    return tuple(offered.get(kind, ())), one and kind not in _THINGS


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


def _explain(sheet: Worksheet, offered: Words) -> None:
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
        for column in column_types(kind).values():
            sheet.append([kind, column.name, _needed(column), " ".join(_meaning(column, offered))])
    for letter, width in zip("ABCD", (16, 26, 30, 100), strict=True):
        sheet.column_dimensions[letter].width = width


def _needed(column: Column) -> str | None:
    if not column.required:
        return None
    return f"if {column.part} is given" if column.part else "yes"


def _meaning(column: Column, offered: Words) -> Iterator[str]:
    """What a column holds, in short sentences."""
    if column.description:
        yield column.description
    words, _ = _words(column, offered)
    several = f', several separated by "{SEPARATOR}"' if column.several else ""
    if words and len(words) <= _MOST_WORDS:
        yield f"One of: {', '.join(words)}{several}."
    elif words:
        yield f"A word of the list, where one fits{several}."
    else:
        limits = f" {column.limits}" if column.limits else ""
        ends = ", or a range" if column.range else ""
        yield f"{_TYPES[column.type].capitalize()}{limits}{ends}{several}."
    if example := _EXAMPLES.get(column.name, column.example):
        yield f"For instance {example.removesuffix('.')}."
