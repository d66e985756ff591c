"""Files of records: the same rows from every format, and a named problem for everything that is wrong with a file."""

from __future__ import annotations

import csv
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from pydantic import ValidationError

from ivig.errors import BadInput, NotThere
from ivig.io.tables import Row, column_types, columns, read_rows, workbook
from ivig.model.problems import BadRecords
from ivig.model.records import KINDS, RECORD

_READ = {"read_at": "https://pubmed.ncbi.nlm.nih.gov/1/", "read_depth": "abstract"}
_EVIDENCE = {
    "kind": "evidence", "condition": "CIDP", "intervention": "IVIG", "direction": "benefit", "study_type": "RCT",
    "intent": "treat", "comparison": "inert", "product": "polyvalent IV", "reporting": "primary", **_READ,
}  # fmt: skip
RECORDS: list[dict[str, Any]] = [
    {
        **_EVIDENCE, "id": "tab-001", "condition_qualifiers": ["severe", "mostly adult"], "comparator": "placebo",
        "outcome": "change in INCAT score", "outcome_kind": "functional status", "blinding": "double-blind",
        "effect": {"measure": "mean difference", "value": -0.72, "ci_low": -1.2, "ci_high": -0.1, "p": 0.0001, "p_relation": "<"},
        "placebo_controlled": True, "crossover": False, "n_participants": 117, "n_studies": 1, "follow_up": "24 weeks",
        "dose": [{"arm": "ivig", "phase": "load", "g_per_kg_total": 2.0, "g_per_kg_per_day": 0.4, "days": 5},
                 {"arm": "ivig", "phase": "maintenance", "g_per_kg_total": [1.0, 2.0], "interval_weeks": 3.0}],
        "population_group": ["adults", "maintenance"], "outcome_role": "primary", "controlled": True, "second_reading": "agreed",
        "arms": {"ivig": {"events": 32, "total": 59}, "comparator": {"events": 12, "total": 58}, "unit": "{patients}"},
        "concomitant": ["prednisone", "azathioprine"], "tests_ivig": True, "retracted_or_withdrawn": False,
        "finding": "Adjusted INCAT scores fell more with IVIG, and \"more\" held, in both periods; 54% against 21%.",
        "citation": {"pmid": "18178525", "doi": "10.1016/S1474-4422(07)70329-0", "pmcid": None, "title": "ICE: a trial", "title_status": "partial",
                     "journal": "Lancet Neurology", "year": 2008, "authors_short": "Hughes RAC, Donofrio P"},
    },
    {**_EVIDENCE, "id": "tab-002", "intent": "prevent", "prevented": "infection", "finding": "Fewer infections."},
    {**_EVIDENCE, "id": "tab-003", "direction": "mixed", "finding": "- none of the scores moved, yet two patients did.",
     "effect": {"measure": "p only", "value": None, "ci_low": None, "ci_high": None, "p": 0.04, "p_relation": "="}},
    {**_EVIDENCE, "id": "tab-004", "finding": "Zwei Zeilen,\nmit Umbruch – und „Zeichen“ é.", "condition": "Guillain-Barré syndrome"},
    {"kind": "mechanism", "id": "tab-005", "mechanism": "FcRn saturation", "mechanism_group": "Fc-mediated", "supports": True,
     "target": "FcRn", "effect": "faster loss of autoantibodies", "study_type": "animal study", "finding": "Half-life fell.", **_READ},
    {"kind": "mechanism", "id": "tab-006", "mechanism": "sialylation", "mechanism_group": "Fc-mediated", "supports": False,
     "effect": None, "condition": "ITP", "study_type": "in vitro study", "finding": "No difference.", **_READ},
    {"kind": "safety", "id": "tab-007", "adverse_event": "headache", "severity": "mild", "risk_factors": ["migraine"],
     "frequency": {"value": 5.0, "unit": "% of infusions", "note": None}, "n_participants": 40, "finding": "Headache was common.", **_READ},
    {"kind": "safety", "id": "tab-008", "adverse_event": "haemolysis", "frequency": None, "risk_factors": [],
     "finding": "Seen at high dose.", **_READ},
    {"kind": "recommendation", "id": "tab-009", "body": "EAN/PNS", "country": "1", "year": 2021, "condition": "CIDP",
     "recommends": "conditional for", "line": "first line", "superseded": False, "strength": "1-2",
     "finding": "Offer IVIG or corticosteroids.", **_READ, "read_depth": "full text"},
    {"kind": "recommendation", "id": "tab-010", "body": "NICE", "condition": "myositis", "recommends": "not routinely",
     "dose": [{"interval_weeks": 4.0}], "finding": "Not first.", **_READ},
    {"kind": "regulatory", "id": "tab-011", "authority": "FDA", "product": "Gamunex-C", "status": "approved", "year": 2008, "finding": "For CIDP.", **_READ},
    {"kind": "use", "id": "tab-012", "topic": "cost", "condition": "CIDP", "n_participants": 12, "finding": "EUR 50,896 a year.", **_READ},
]  # fmt: skip


def _flat(record: dict[str, Any], typed: bool = False) -> dict[str, Any]:
    """A record as cells by dotted column. typed: numbers and truth values as a spreadsheet keeps them."""
    cells: dict[str, Any] = {}
    for name, column in column_types(record["kind"]).items():
        *parts, inner = name.split(".")
        value: Any = record
        for part in parts:
            value = (value or {}).get(part)
        if column.listed:
            several = [_cell(one.get(inner)) for one in value or ()]
            cells[name] = " | ".join(several) if any(several) else None
        else:
            value = (value or {}).get(inner)
            cells[name] = _cell(value) if isinstance(value, list) else value
    if typed:
        return cells
    return {name: _cell(value) for name, value in {"kind": record["kind"], **cells}.items()}


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(value) if not value or isinstance(value[0], str) else " to ".join(map(str, value))
    return "" if value is None else str(value)


def _said(value: Any) -> Any:
    """A value without what is null."""
    if isinstance(value, dict):
        return {name: _said(inner) for name, inner in value.items() if inner is not None}
    return [_said(one) for one in value] if isinstance(value, list) else value


def _jsonl(folder: Path) -> Path:
    path = folder / "records.jsonl"
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS), encoding="utf-8")
    return path


def _text_table(folder: Path, suffix: str, delimiter: str) -> Path:
    path = folder / f"records{suffix}"
    names = list(dict.fromkeys(["kind", *(name for kind in KINDS for name in columns(kind))]))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, names, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(map(_flat, RECORDS))
    return path


def _csv(folder: Path) -> Path:
    return _text_table(folder, ".csv", ",")


def _tsv(folder: Path) -> Path:
    return _text_table(folder, ".tsv", "\t")


def _xlsx(folder: Path) -> Path:
    book = Workbook()
    book.worksheets[0].title = "read me"
    for kind in KINDS:
        sheet = book.create_sheet(kind)
        sheet.append(columns(kind))
        for record in RECORDS:
            if record["kind"] == kind:
                cells = _flat(record, typed=True)
                if cells.get("citation.pmid"):
                    cells["citation.pmid"] = int(cells["citation.pmid"])
                sheet.append([cells.get(name) for name in columns(kind)])
    path = folder / "records.xlsx"
    book.save(path)
    return path


def _write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _book(folder: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path = folder / "book.xlsx"
    book.save(path)
    return path


def _problems(path: Path, **options: int) -> list[str]:
    with pytest.raises(BadRecords) as error:
        list(read_rows(path, **options))
    assert all(isinstance(str(problem).encode(), bytes) for problem in error.value.problems)
    return [str(problem) for problem in error.value.problems]


# A use sheet is the narrowest: these are the columns that it needs.
_USE = ["id", "topic", "finding", "read_at", "read_depth"]
_USE_ROW = ["use-1", "cost", "Dear.", "https://example.org/", "abstract"]
_HEAD = ",".join(["kind", *_USE]) + "\n"
_LINE = ",".join(["use", *_USE_ROW]) + "\n"


@pytest.mark.parametrize("write", [_jsonl, _csv, _tsv, _xlsx])
def test_every_format_gives_the_same_records(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    rows = list(read_rows(write(tmp_path)))
    found = [RECORD.validate_python(row.fields) for row in rows]
    assert found == [RECORD.validate_python(record) for record in RECORDS]


@pytest.mark.parametrize("write", [_csv, _tsv, _xlsx])
def test_cells_have_the_types_of_json(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    fields = {row.fields["id"]: row.fields for row in read_rows(write(tmp_path))}
    for record in RECORDS:
        for name, value in record.items():
            if name != "dose":
                found, wanted = _said(fields[record["id"]][name]), _said(value)
                assert (
                    sorted(found.items()) == sorted(wanted.items())
                    if isinstance(value, dict)
                    else repr(found) == repr(wanted)
                )


def test_rows_know_their_place(tmp_path: Path) -> None:
    assert [row.place for row in read_rows(_jsonl(tmp_path))][:2] == ["line 1", "line 2"]
    # The fourth record has a line break in a cell.
    assert [row.place for row in read_rows(_csv(tmp_path))][2:6] == ["line 4", "line 5", "line 7", "line 8"]
    places = [row.place for row in read_rows(_xlsx(tmp_path))]
    assert places[3:6] == ["sheet evidence, row 5", "sheet mechanism, row 2", "sheet mechanism, row 3"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("TRUE", True),
        ("true", True),
        ("Yes", True),
        ("FALSE", False),
        ("no", False),
        ("", None),
        ("perhaps", "perhaps"),
    ],
)
def test_words_for_truth(tmp_path: Path, typed: str, value: object) -> None:
    needed = ["id", "mechanism", "mechanism_group", "supports", "study_type", "finding", "read_at", "read_depth"]
    head = ",".join(["kind", *needed])
    path = _write(tmp_path, "a.csv", f"{head}\nmechanism,a,b,c,{typed},d,e,f,g\n")
    assert next(read_rows(path)).fields["supports"] == value


def test_numbers_that_are_none_stay_for_the_model_to_refuse(tmp_path: Path) -> None:
    head = _HEAD.strip() + ",n_participants,citation.year,citation.pmid\n"
    path = _write(tmp_path, "a.csv", head + _LINE.strip() + ",about 40,2008.0,18178525.0\n")
    fields = next(read_rows(path)).fields
    assert fields["n_participants"] == "about 40"
    assert fields["citation"] == {"year": 2008, "pmid": "18178525"}
    with pytest.raises(ValidationError, match="n_participants"):
        RECORD.validate_python(fields)


def test_a_sheet_keeps_numbers_and_truth_as_text_where_the_model_wants_text(tmp_path: Path) -> None:
    path = _book(
        tmp_path, use=[[*_USE, "study_type", "citation.pmid"], [*_USE_ROW[:2], True, *_USE_ROW[3:], 0.5, 18178525.0]]
    )
    fields = next(read_rows(path)).fields
    assert (fields["finding"], fields["study_type"], fields["citation"]) == ("TRUE", "0.5", {"pmid": "18178525"})


def test_a_whole_number_is_text_without_a_decimal_however_a_program_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = _book(tmp_path, use=[[*_USE, "study_type"], [*_USE_ROW, 4321]])
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"<v>4321</v>", b"<v>4.321E3</v>"))
    assert next(read_rows(path)).fields["study_type"] == "4321"


def test_lists_are_cut_at_bars_between_spaces_only(tmp_path: Path) -> None:
    head = "kind,id,adverse_event,finding,read_at,read_depth,risk_factors\n"
    path = _write(tmp_path, "a.csv", head + "safety,a,b,c,d,e,migraine | a|b |  | age\nsafety,a,b,c,d,e,\n")
    assert [row.fields["risk_factors"] for row in read_rows(path)] == [["migraine", "a|b", "age"], []]


def test_empty_rows_columns_and_sheets_are_passed_over(tmp_path: Path) -> None:
    text = _write(tmp_path, "a.csv", _HEAD.strip() + ",,\n\n" + _LINE + " , ,\n")
    assert [row.place for row in read_rows(text)] == ["line 3"]
    short = _write(tmp_path, "b.csv", _HEAD.strip() + ",condition\n" + _LINE)
    assert next(read_rows(short)).fields["condition"] is None
    book = _book(
        tmp_path, use=[[*_USE, None], [None], _USE_ROW], evidence=[], lists=[["=1"]], safety=[columns("safety")]
    )
    assert [row.place for row in read_rows(book)] == ["sheet use, row 3"]
    lines = _write(tmp_path, "a.ndjson", '\ufeff{"id": 1}\r\n\r\n{"id": 2}')
    assert list(read_rows(lines)) == [Row("line 1", {"id": 1}), Row("line 3", {"id": 2})]


def test_good_rows_come_before_the_problems_of_others(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.jsonl", '{"id": "a"}\nno\n{"id": "b"}\n[]\n')
    rows = read_rows(path)
    assert [next(rows).fields["id"], next(rows).fields["id"]] == ["a", "b"]
    with pytest.raises(BadRecords) as error:
        next(rows)
    assert [problem.place for problem in error.value.problems] == ["line 2, column 1", "line 4"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": "a"}\n{"id" "b"}', "a.jsonl, line 2, column 7: valid JSON: Expecting ':' delimiter (found: \"b\"})"),
        ('{"id": "a", "id": "b", "x": {"y": 1, "y": 2}}', None),
        ("[1]", "a.jsonl, line 1: one JSON object a line (found: [1])"),
        ('"text"', 'a.jsonl, line 1: one JSON object a line (found: "text")'),
        ('{"p": NaN}', 'a.jsonl, line 1: valid JSON: NaN is no number (found: {"p": NaN})'),
        (b'{"id": 1}\n{"id": "caf\x81"}', "a.jsonl: the file, line 2: byte 0x81 is no text; save the file as UTF-8"),
        ("", "a.jsonl: at least one record (found: an empty file)"),
        (" \n\n", "a.jsonl: at least one record"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_json_lines(tmp_path: Path, content: str | bytes, message: str | None) -> None:
    found = _problems(_write(tmp_path, "a.jsonl", content))
    twice = ["a.jsonl, line 1, b: each key once (found: y)", "a.jsonl, line 1, b: each key once (found: id)"]
    assert found == ([message] if message else twice)


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a":' * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_json_that_python_cannot_hold_is_a_problem(tmp_path: Path, line: str) -> None:
    assert "valid JSON" in _problems(_write(tmp_path, "a.jsonl", line))[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = _write(
        tmp_path, "a.csv", (_HEAD + _LINE.replace("Dear.", "Très cher.")).replace("\n", "\r\n").encode(encoding)
    )
    assert next(read_rows(path)).fields["finding"] == "Très cher."


def test_semicolons_between_columns_are_understood_and_said(tmp_path: Path) -> None:
    notes: list[str] = []
    path = _write(tmp_path, "a.csv", (_HEAD + _LINE).replace(",", ";"))
    assert next(read_rows(path, notes=notes)).fields["topic"] == "cost"
    assert list(read_rows(path, notes=notes))
    assert notes == ["a.csv: columns are separated by semicolons; read as such"]


@pytest.mark.parametrize("missing", ["NA", "NaN"])
def test_what_r_and_pandas_write_into_an_empty_cell_is_empty(tmp_path: Path, missing: str) -> None:
    path = _write(
        tmp_path, "a.csv", _HEAD.strip() + ",condition,n_participants\n" + _LINE.strip() + f",{missing},{missing}\n"
    )
    fields = next(read_rows(path)).fields
    assert (fields["condition"], fields["n_participants"]) == (None, None)


@pytest.mark.parametrize(
    ("typed", "ends"),
    [("1 to 2", (1, 2)), ("1-2", (1, 2)), ("from 1", (1, None)), ("up to 2", (None, 2)), ("2", (2, 2))],
)
def test_ranges_in_a_cell(tmp_path: Path, typed: str, ends: tuple[int | None, int | None]) -> None:
    record = {**_EVIDENCE, "id": "r-1", "finding": "Better."}
    head = ",".join([*record, "dose.phase", "dose.days"])
    path = _write(tmp_path, "a.csv", f"{head}\n{','.join(map(str, record.values()))},course | load,{typed} | \n")
    (one, other) = RECORD.validate_python(next(read_rows(path)).fields).dose
    assert (one.phase, one.days, other.phase, other.days) == ("course", ends, "load", None)


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        ("", ["a.csv: at least one record (found: an empty file)"]),
        (_HEAD, ["a.csv: at least one record"]),
        (_LINE, ["a.csv, line 1: a first row with the names of the columns, such as kind, id and condition (found: use, use-1, cost, Dear., https://example.org/, abstract)"]),
        ("\n" + _HEAD, ["a.csv, line 1: a first row with the names of the columns, such as kind, id and condition (found: nothing)"]),
        (_HEAD.replace("kind,", "") + _LINE[4:], ["a.csv, line 1: a column kind, which says the kind of each record"]),
        (_HEAD.replace("topic", "tpoic").replace("finding", "pmid"), ["a.csv, line 1: columns that are known; nearest: topic (found: tpoic)", "a.csv, line 1: columns that are known; nearest: citation.pmid (found: pmid)"]),
        (_HEAD.replace("topic", "id"), ["a.csv, line 1: each column once (found: id)"]),
        (_HEAD.replace("topic", "topic,topic") + "none,a,b,b,c,d,e\n", ["a.csv, line 1: each column once (found: topic)"]),
        (_HEAD.replace("topic", "condition") + _LINE + _LINE, ["a.csv, line 2: every column that use records need; there is no topic"]),
        (_HEAD + _LINE.strip() + ",more\n" + _LINE, ["a.csv, line 2: no more cells than the 6 columns that have a name (found: more)"]),
        (_HEAD.replace("topic", "topic,") + "use,a,cost,stray,c,d,e\n", ["a.csv, line 2: no more cells than the 6 columns that have a name (found: stray)"]),
        (_HEAD + "uses,a,b,c,d,e\n,b,b,c,d,e\n", ["a.csv, line 2, a: kind: one of evidence, mechanism, safety, recommendation, regulatory, use (found: uses)",
                                                     "a.csv, line 3, b: kind: one of evidence, mechanism, safety, recommendation, regulatory, use (found: nothing)"]),
        (_HEAD.strip() + ",severity\n" + _LINE.strip() + ",mild\n", ["a.csv, line 2, use-1: severity: nothing, in a record of kind use (found: mild)"]),
        (_HEAD + 'use,"a"b,c,d,e,f\n', ["a.csv, line 2: a row of a table: ',' expected after '\"'"]),
        (_HEAD + 'use,"a,c,d\n' + _LINE, ["a.csv, line 2: a row of a table: unexpected end of data"]),
        (_HEAD + "use," + "x" * 200_000, ["a.csv, line 2: a row of a table: field larger than field limit (131072)"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_csv(tmp_path: Path, content: str | bytes, messages: list[str]) -> None:
    assert _problems(_write(tmp_path, "a.csv", content)) == messages


@pytest.mark.parametrize(
    "cell", ["=1+1", "=SUM(A1:A3)", " =1", "= 0.05", "=<", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "-(1)", "+(1)", "@(x)", "-é"]
)  # fmt: skip
def test_formulas_of_a_csv_are_refused(tmp_path: Path, cell: str) -> None:
    path = _write(tmp_path, "a.csv", _HEAD + _LINE.replace("Dear.", cell))
    assert _problems(path) == [f"a.csv, line 2, use-1: finding: text or a number, no formula (found: {cell.strip()})"]


@pytest.mark.parametrize(
    "cell", ["-0.72", "+1 grade", "- none", "-", "=", "@ 4 weeks", "+/- 2", "–text", "a = b", "<", "-0.72 to -0.1"]
)
def test_what_only_looks_like_a_formula_is_text(tmp_path: Path, cell: str) -> None:
    path = _write(tmp_path, "a.csv", _HEAD + _LINE.replace("Dear.", cell))
    assert next(read_rows(path)).fields["finding"] == cell


def test_formulas_and_other_cells_that_hold_not_what_they_show(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "use"
    sheet.append([*_USE, "condition", "study_type", "n_participants"])
    sheet.append(["use-1", "=A1", ArrayFormula("C2:C2", "=SUM(A1:A3)"), "#N/A", "abstract", date(2024, 1, 2), "x", 0.5])
    sheet["D2"].data_type = "e"
    sheet["G2"].value, sheet["G2"].data_type = "=A1", "s"
    sheet["H2"].number_format = "0%"
    path = tmp_path / "a.xlsx"
    book.save(path)
    date_wrong = "text or a number, no date: format the cell as text and type it again"
    assert _problems(path) == [
        "a.xlsx, sheet use, cell B2, use-1: topic: text or a number, no formula (found: =A1)",
        "a.xlsx, sheet use, cell C2, use-1: finding: text or a number, no formula (found: =SUM(A1:A3))",
        "a.xlsx, sheet use, cell D2, use-1: read_at: a value, no error of a calculation (found: #N/A)",
        f"a.xlsx, sheet use, cell F2, use-1: condition: {date_wrong} (found: 2024-01-02 00:00:00)",
        "a.xlsx, sheet use, cell G2, use-1: study_type: text or a number, no formula (found: =A1)",
        "a.xlsx, sheet use, cell H2, use-1: n_participants: a plain number, no percentage, whose cell holds a hundredth of what it shows (found: 0.5)",
    ]


def test_what_is_wrong_with_sheets_is_told_together(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        Evidence=[["id"]],
        use=[[*_USE, "kind"], [*_USE_ROW, "use"], [*_USE_ROW, "safety"], [*_USE_ROW, None, "more"]],
        safety=[["id", "severty", "severty"]],
        regulatory=[["first", "second"]],
        mechanism=[columns("mechanism")[1:], ["x"]],
    )
    assert _problems(path) == [
        "book.xlsx: sheets named evidence, mechanism, safety, recommendation, regulatory, use or read me (found: sheet Evidence)",
        "book.xlsx, sheet use, cell F3: kind: use, as the sheet is called, or nothing (found: safety)",
        "book.xlsx, sheet use, row 4: no more cells than the 6 columns that have a name (found: more)",
        "book.xlsx, sheet safety, row 1: columns that are known; nearest: severity (found: severty)",
        "book.xlsx, sheet safety, row 1: each column once (found: severty)",
        "book.xlsx, sheet regulatory, row 1: a first row with the names of the columns, such as kind, id and condition (found: first, second)",
        "book.xlsx, sheet mechanism, row 1: every column that mechanism records need; there is no id",
    ]


def test_an_xlsx_that_is_no_zip_or_a_damaged_one(tmp_path: Path) -> None:
    whole = _xlsx(tmp_path).read_bytes()
    no_zip = "a.xlsx: an XLSX file without password: this is no zip archive, or part of one"
    assert _problems(_write(tmp_path, "a.xlsx", "no zip")) == [no_zip]
    assert _problems(_write(tmp_path, "a.xlsx", whole[: len(whole) // 2])) == [no_zip]
    start = whole.index(b"xl/worksheets/sheet2.xml") + 40
    broken = whole[:start] + bytes(20) + whole[start + 20 :]
    assert _problems(_write(tmp_path, "a.xlsx", broken))[0].startswith("a.xlsx: an undamaged XLSX file (found: ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("[Content_Types].xml", None),
        ("xl/workbook.xml", b"<workbook"),
        ("xl/worksheets/sheet2.xml", b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'><c r='A1' t='s'><v>99999</v></c></row></sheetData></worksheet>"),
        ("xl/worksheets/sheet2.xml", b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='x'/></sheetData></worksheet>"),
        ("xl/worksheets/sheet2.xml", b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'>"
         + b"".join(b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 20) for i in range(8)) + b"]><x>&i;</x>"),
    ],
)  # fmt: skip
def test_an_archive_with_broken_parts(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(_xlsx(tmp_path)) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
            elif content is not None:
                new.writestr(part, content)
    with pytest.raises(BadRecords, match=r"a\.xlsx"):
        list(read_rows(path))


def test_a_sheet_that_claims_a_row_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_ROWS", 1000)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(_xlsx(tmp_path)) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            new.writestr(
                part, text.replace(b'<row r="2"', b'<row r="999999999999"') if part.endswith("sheet2.xml") else text
            )
    assert "a.xlsx, sheet evidence: a sheet of up to 1,000 rows" in _problems(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(150_000_000))
    assert path.stat().st_size < 200_000
    assert _problems(path) == ["a.xlsx: an XLSX file of up to 100,000,000 bytes unpacked (found: 150,000,000)"]


def test_a_zip_bomb_that_understates_its_size_is_not_unpacked_either(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(150_000_000))
    size = struct.pack("<L", 150_000_000)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<L", 100)))
    tracemalloc.start()
    found = _problems(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert found == ["a.xlsx: an undamaged XLSX file (found: damaged: xl/sharedStrings.xml)"]


def test_file_sizes_endings_and_absence(tmp_path: Path) -> None:
    path = _jsonl(tmp_path)
    size = path.stat().st_size
    assert len(list(read_rows(path, limit=size))) == 12
    assert _problems(path, limit=size - 1) == [f"records.jsonl: a file of up to {size - 1:,} bytes (found: {size:,})"]
    ends = "a file of records, whose name ends in .jsonl, .ndjson, .csv, .tsv, .xlsx"
    assert _problems(_write(tmp_path, "a.ods", "x")) == [f"a.ods: {ends} (found: .ods)"]
    assert _problems(_write(tmp_path, "a", "x")) == [f"a: {ends} (found: no ending)"]
    assert len(list(read_rows(_jsonl(tmp_path).rename(tmp_path / "A.JSONL")))) == 12
    for missing in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(NotThere, match="no file"):
            list(read_rows(missing))


def test_a_message_lists_twenty_problems_and_counts_the_rest(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        list(read_rows(_write(tmp_path, "a.jsonl", "x\n" * 25)))
    lines = str(error.value).splitlines()
    assert len(lines) == 21
    assert lines[19].startswith("a.jsonl, line 20, column 1: valid JSON")
    assert lines[20] == "… and 5 more"


def test_a_file_of_another_sort_is_not_read_to_its_end(tmp_path: Path) -> None:
    found = _problems(_write(tmp_path, "a.jsonl", "x\n" * 5000))
    assert len(found) == 1001
    assert found[-1] == "a.jsonl: not read on, after 1000 problems"


def test_messages_hold_nothing_that_a_terminal_would_obey(tmp_path: Path) -> None:
    found = _problems(_write(tmp_path, "a.jsonl", '{"\\ud800\\u001b[2J": 1, "\\ud800\\u001b[2J": 2}'))
    assert found == ["a.jsonl, line 1: each key once (found: \\ud800\\x1b[2J)"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["id", "kind"]), inner),
)


@pytest.fixture(scope="module")
def line_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lines") / "a.jsonl"


@given(value=_JSON, ascii=st.booleans())
@settings(max_examples=300)
def test_any_json_value_is_a_row_or_a_problem(line_file: Path, value: Any, ascii: bool) -> None:
    line_file.write_text(json.dumps(value, ensure_ascii=ascii), encoding="utf-8", errors="surrogatepass")
    try:
        rows = list(read_rows(line_file))
    except BadRecords as error:
        assert str(error).encode()
    else:
        assert rows == [Row("line 1", value)]


@given(content=st.binary(max_size=200) | st.text(alphabet='kind,id\t"\n\r=|{}[]\x00é').map(str.encode))
@settings(max_examples=300)
@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".xlsx"])
def test_any_bytes_are_rows_or_problems(line_file: Path, suffix: str, content: bytes) -> None:
    path = line_file.with_suffix(suffix)
    path.write_bytes(content)
    try:
        assert list(read_rows(path))
    except BadRecords as error:
        assert error.problems and str(error).encode()
