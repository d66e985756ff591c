"""The empty spreadsheet: its columns, drop-downs and marks, and that it reads back once filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ivig.curate.template import publication_rows, words, write_template
from ivig.graph_files import GraphFiles
from ivig.io.bibliographies import read_publications
from ivig.io.tables import column_types, columns, read_rows
from ivig.model.problems import BadRecords
from ivig.model.records import KINDS, RECORD

_CONDITIONS = [f"condition number {number}" for number in range(100)]
_WORDS = {
    "Condition": _CONDITIONS,
    "Blinding": ["double-blind", "open-label"],
    "Intent": ["prevent", "replace", "treat"],
    "Phase": ["course", "load"],
    "UseTopic": ["cost, direct", "=place in therapy"],
    "TherapyLine": [],
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.xlsx"
    write_template(path, _WORDS)
    return path


def _drop_downs(book: Workbook, kind: str) -> dict[str, DataValidation]:
    """The drop-downs of a sheet by column."""
    letters = {get_column_letter(number): name for number, name in enumerate(columns(kind), 1)}
    found = {}
    for validation in book[kind].data_validations.dataValidation:
        (letter,) = re.fullmatch(r"([A-Z]+)2:(?:\1)1048576", str(validation.sqref)).groups()
        found[letters[letter]] = validation
    return found


def _words(book: Workbook, source: str) -> list[str]:
    if source.startswith('"'):
        return source.strip('"').split(",")
    sheet, _, cells = source.partition("!")
    return [cell.value for (cell,) in book[sheet][cells.replace("$", "")]]


def test_columns_of_a_kind() -> None:
    names = columns("evidence")
    assert names[:4] == ["id", "condition", "condition_qualifiers", "population_group"]
    assert names[-4:] == ["read_at", "read_depth", "read_on", "second_reading"]
    assert {"effect.value", "arms.comparator.sd", "dose.days", "citation.pmid", "concomitant"} <= set(names)
    assert not {"kind", "effect", "dose", "citation", "arms"} & set(names)
    assert "effect" in columns("mechanism")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_model_is_a_column(kind: str) -> None:
    assert {name.partition(".")[0] for name in columns(kind)} | {"kind"} == set(KINDS[kind].model_fields)


def test_columns_know_what_they_hold() -> None:
    found = column_types("evidence")
    assert found["citation.year"].limits == "from 1900"
    assert (found["dose.days"].type, found["dose.days"].limits) == (int, "from 1 up to 60")
    assert (found["effect.p"].type, found["effect.p"].limits) == (float, "from 0 up to 1")
    assert (found["tests_ivig"].type, found["concomitant"].several) == (bool, True)
    assert found["effect.measure"].required and found["effect.measure"].part == "effect"
    assert found["effect.p_relation"].choices == ("=", "<", ">", "unclear")
    assert found["dose.days"].range and found["dose.days"].listed
    assert found["intent"].fills.kind == "Intent" and "prevent" in found["intent"].fills.words
    assert not found["condition_qualifiers"].required and not column_types("use")["condition"].required


def test_sheets_and_heads(template: Path) -> None:
    book = load_workbook(template)
    assert book.sheetnames == ["read me", *KINDS, "lists"]
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["lists"]
    for kind in KINDS:
        sheet = book[kind]
        heads = list(sheet[1])
        assert [head.value for head in heads] == columns(kind)
        assert (sheet.freeze_panes, sheet.max_row) == ("A2", 1)
        assert all(head.font.b for head in heads)
        marked = {head.value for head in heads if head.fill.fill_type == "solid"}
        fields = KINDS[kind].model_fields
        assert marked == {name for name, field in fields.items() if field.is_required()} - {"kind"}


def test_text_is_formatted_as_text_and_numbers_are_not(template: Path) -> None:
    sheet = load_workbook(template)["evidence"]
    formats = {
        name: sheet.column_dimensions[get_column_letter(number)].number_format
        for number, name in enumerate(columns("evidence"), 1)
    }
    assert formats["citation.pmid"] == formats["effect.p_relation"] == formats["finding"] == "@"
    assert formats["effect.value"] == formats["citation.year"] == formats["tests_ivig"] == "General"


def test_drop_downs(template: Path) -> None:
    book = load_workbook(template)
    found = _drop_downs(book, "evidence")
    assert set(found) == {
        "condition", "blinding", "intent", "dose.phase", "effect.p_relation", "effect.adjusted", "placebo_controlled", "crossover",
        "controlled", "tests_ivig", "retracted_or_withdrawn", "citation.title_status",
    }  # fmt: skip
    for name, validation in found.items():
        column = column_types("evidence")[name]
        words = _WORDS.get(column.fills.kind, ["yes", "no"]) if column.fills else ["yes", "no"]
        assert _words(book, validation.formula1) == list(column.choices or words), name
        assert validation.type == "list" and validation.showErrorMessage and not validation.showDropDown
        # A cell of several regimens holds several words.
        assert validation.errorStyle in (("warning",) if name in ("condition", "dose.phase") else (None, "stop"))
    assert found["condition"].formula1 == "lists!$A$1:$A$100"
    assert found["blinding"].formula1 == '"double-blind,open-label"'
    assert all(len(validation.formula1) <= 255 for kind in KINDS for validation in _drop_downs(book, kind).values())


def test_a_list_is_kept_once_and_words_with_commas_are_kept_whole(template: Path) -> None:
    book = load_workbook(template)
    assert _drop_downs(book, "safety")["condition"].formula1 == "lists!$A$1:$A$100"
    topic = _drop_downs(book, "use")["topic"]
    assert _words(book, topic.formula1) == ["cost, direct", "=place in therapy"]
    sheet, _, cells = topic.formula1.partition("!")
    assert [cell.data_type for (cell,) in book[sheet][cells.replace("$", "")]] == ["s", "s"]


def test_the_words_are_those_of_the_graph(files: GraphFiles, tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    write_template(path, words(files))
    book = load_workbook(path)
    offered = _words(book, _drop_downs(book, "evidence")["direction"].formula1)
    assert "unproven" in offered and "inconclusive" not in offered, "one word for one thing"
    assert "Guillain-Barré syndrome" in _words(book, _drop_downs(book, "mechanism")["condition"].formula1)
    # A licensed product is named as on its pack.
    assert "product" in _drop_downs(book, "evidence") and "product" not in _drop_downs(book, "regulatory")


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_has_a_note_of_what_it_means(template: Path, kind: str) -> None:
    notes = {cell.value: cell.comment.text for cell in load_workbook(template)[kind][1]}
    assert list(notes) == columns(kind)
    bare = [name for name, column in column_types(kind).items() if not column.description]
    assert not bare
    assert (
        "Lower limit of the 95% confidence interval."
        in load_workbook(template)["evidence"]["A1"].parent[1][columns("evidence").index("effect.ci_low")].comment.text
    )


def test_read_me_tells_of_every_column(template: Path) -> None:
    told = [row[:4] for row in load_workbook(template)["read me"].iter_rows(values_only=True)]
    for kind, model in KINDS.items():
        assert [row[1] for row in told if row[0] == kind] == [None, *columns(kind)]
        assert (kind, None, None, model.__doc__) in told
    meaning = {(row[0], row[1]): row[2:] for row in told}
    assert meaning["evidence", "intent"] == (
        "yes",
        "What immunoglobulin was given to do. One of: prevent, replace, treat.",
    )
    assert meaning["evidence", "effect.measure"][0] == "if effect is given"
    assert meaning["evidence", "dose.days"][1].endswith(
        "Whole number from 1 up to 60, or a range. For instance 2 to 5."
    )
    assert meaning["evidence", "concomitant"][1].endswith('Text, several separated by " | ". For instance prednisone.')
    assert "A word of the list, where one fits." in meaning["evidence", "condition"][1]


def test_an_empty_template_holds_no_record(template: Path) -> None:
    with pytest.raises(BadRecords, match=r"template\.xlsx: at least one record"):
        list(read_rows(template))


def test_a_filled_template_reads_back(template: Path) -> None:
    book = load_workbook(template)
    sheet = book["evidence"]
    cells = {
        "id": "new-001", "condition": _CONDITIONS[7], "intervention": "IVIG", "direction": "benefit", "study_type": "RCT",
        "effect.measure": "mean difference", "effect.p": 0.05, "effect.p_relation": "=", "tests_ivig": "yes", "intent": "treat",
        "comparison": "inert", "product": "polyvalent IV", "reporting": "primary", "finding": "It helped.",
        "concomitant": "prednisone | azathioprine", "citation.pmid": "18178525", "citation.year": 2008,
        "read_at": "https://pubmed.ncbi.nlm.nih.gov/18178525/", "read_depth": "abstract",
    }  # fmt: skip
    sheet.append([cells.get(name) for name in columns("evidence")])
    book.save(template)
    (row,) = read_rows(template)
    assert row.place == "sheet evidence, row 2"
    record = RECORD.validate_python(row.fields)
    assert (record.id, record.tests_ivig, record.concomitant) == ("new-001", True, ["prednisone", "azathioprine"])
    assert (record.effect.p, record.effect.p_relation) == (0.05, "=")
    assert (record.citation.pmid, record.citation.year, record.dose) == ("18178525", 2008, [])


def test_rows_of_a_bibliography_read_back(tmp_path: Path) -> None:
    samples = Path(__file__).parents[1] / "io" / "bibliographies" / "samples"
    rows = publication_rows(read_publications(samples / "four.nbib"))
    assert rows[0]["citation.pmid"] == "15674654"
    assert rows[0]["read_at"] == "https://pubmed.ncbi.nlm.nih.gov/15674654/"
    path = tmp_path / "from.xlsx"
    write_template(path, _WORDS, {"safety": rows})
    sheet = load_workbook(path)["safety"]
    read = [row.fields for row in read_rows(path)]
    assert [row["citation"]["title"] for row in read] == [row["citation.title"] for row in rows]
    # A spreadsheet keeps them as they are.
    column = columns("safety").index("citation.pmid") + 1
    assert (sheet.cell(2, column).value, sheet.cell(2, column).number_format) == ("15674654", "@")


def test_merged_cells_are_refused_with_their_place(template: Path) -> None:
    book = load_workbook(template)
    book["safety"]["A2"] = "mine-1"
    book["safety"].merge_cells("A2:A5")
    book.save(template)
    with pytest.raises(BadRecords) as caught:
        list(read_rows(template))
    assert str(caught.value.problems[0]) == (
        "template.xlsx, sheet safety, cells A2:A5: no merged cells: separate them, and give each row its own value"
    )


def test_every_column_says_what_goes_in_with_an_example_or_its_words(files: GraphFiles, tmp_path: Path) -> None:
    path = tmp_path / "real.xlsx"
    write_template(path, words(files))
    book = load_workbook(path)
    for kind in KINDS:
        for cell in book[kind][1]:
            said = cell.comment.text
            assert "For instance " in said or "One of: " in said or "A word of the list" in said, (kind, cell.value)
            assert len(said) > 20
            if cell.value.rpartition(".")[2] in ("value", "ci_low", "ci_high", "mean", "sd", "median"):
                assert "unit" in said, (kind, cell.value)
    comparator = {cell.value: cell.comment.text for cell in book["evidence"][1]}["arms.comparator.events"]
    assert "arm with immunoglobulin" not in comparator
