"""What is written reads back as the same, here and in libraries that we do not use for it."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import latexcodec  # noqa: F401  (registers the codec)
import pytest
import rispy
from citeproc.source.json import CiteProcJSON
from hypothesis import given, strategies as st
from pybtex.database import parse_string
from pydantic import ValidationError

from ivig.errors import UnknownName
from ivig.io.bibliographies import Publication, read_publications, write_publications
from ivig.io.bibliographies.read import read_named

FORMATS = ("bibtex", "ris", "csl-json")
SAMPLES = sorted((Path(__file__).parent / "samples").iterdir())

_CHARACTERS = st.one_of(
    st.sampled_from("{}\\&%$#_~^\"'`-@=,.;:!?<>|/()[]+* \n\t éßαA1"),
    st.characters(exclude_categories=("Cs",)),
)
_TEXT = st.text(_CHARACTERS, max_size=30)
_NAMES = st.one_of(
    _TEXT,
    st.sampled_from(
        ["van der Meché FG", "Jones AB Jr", "Smith, Brown and Co", "Robinson et al.", "et al.", "others", "王 小明", "and B",
         "Cooperative Group for the Study of Immunoglobulin in Chronic Lymphocytic Leukemia", "O'Neil JRRT", "A, B,", "X II"]
    ),
)  # fmt: skip
_DOIS = st.text(_CHARACTERS, min_size=1, max_size=20).map(lambda text: "10.1000/" + text)


@st.composite
def publications(draw: st.DrawFn) -> Publication:
    """Whatever a publication may be: what the model refuses is left out."""
    fields = {
        "title": draw(_TEXT),
        "authors": tuple(draw(st.lists(_NAMES, max_size=4))),
        "journal": draw(_TEXT),
        "year": draw(st.none() | st.integers(1900, 2025)),
        "volume": draw(_TEXT),
        "issue": draw(_TEXT),
        "pages": draw(_TEXT | st.sampled_from(["18-21", "902-7", "e12", "1-2, 7-9", "S1 – S5"])),
        "pmid": draw(st.sampled_from(["", "1", "15674654"])),
        "doi": draw(st.just("") | _DOIS),
        "pmcid": draw(st.sampled_from(["", "PMC1754837"])),
        "address": draw(st.sampled_from(["", "https://example.org/a_b?c=1&d=%20#e~f", "http://example.org/é,(1)/"])),
        "retraction": draw(st.sampled_from(["retracted", "not checked"])),
    }
    try:
        return Publication.model_validate(fields)
    except ValidationError as error:
        wrong = {refusal["loc"][0] for refusal in error.errors() if refusal["loc"]}
        return Publication.model_validate({k: v for k, v in fields.items() if k not in wrong} | {"title": "x"})


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("written") / "refs"


@pytest.mark.parametrize("format", FORMATS)
@given(st.lists(publications(), max_size=3))
def test_what_is_written_reads_back_as_the_same(file: Path, format: str, written: list[Publication]) -> None:
    path = file.with_suffix({"bibtex": ".bib", "ris": ".ris", "csl-json": ".json"}[format])
    path.write_text(write_publications(written, format), encoding="utf-8", newline="")
    assert read_publications(path) == written


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "text",
    ["a -- b --- c", "''x'' ``y`` ?`z !`w", "{a} } {", "\\textbackslash \\\\ \\{", "50% & $5_6^7 #1~", "<<a>> ,,b,,", "a and b",
     "{x} AB", "Rock and Roll AB", "A & B C", "and B", "van der Meché FG", "Jones AB Jr", "others", "X, Y", "X,", "ß A", "--", '"'],
)  # fmt: skip
def test_hard_text_in_every_field(tmp_path: Path, format: str, text: str) -> None:
    hard = Publication(
        title=text, authors=(text, "Dalakas MC", text), journal=text, volume=text, issue=text, pages=text
    )
    path = tmp_path / "refs"
    path.write_text(write_publications([hard], format), encoding="utf-8")
    assert read_publications(path) == [hard]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.suffix)
def test_from_every_format_into_every_other(tmp_path: Path, sample: Path, format: str) -> None:
    path = tmp_path / "refs"
    path.write_text(write_publications(read_publications(sample), format), encoding="utf-8")
    assert read_publications(path) == read_publications(sample)


@pytest.mark.parametrize("format", FORMATS)
def test_three_thousand_authors(tmp_path: Path, format: str) -> None:
    crowd = Publication(title="x", authors=tuple(f"Family{'abcdefghij'[i % 10]} A{'BC'[i % 2]}" for i in range(3000)))
    path = tmp_path / "refs"
    path.write_text(write_publications([crowd], format), encoding="utf-8")
    assert read_publications(path) == [crowd]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("title", ["=1+1", "+A1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://example.org","x")', "\t=1"])
def test_text_like_a_formula_stays_text(tmp_path: Path, format: str, title: str) -> None:
    path = tmp_path / "refs"
    path.write_text(write_publications([Publication(title=title)], format), encoding="utf-8")
    assert read_publications(path)[0].title == title.strip()


@pytest.mark.parametrize("format", FORMATS)
def test_a_title_cannot_begin_an_entry_of_its_own(tmp_path: Path, format: str) -> None:
    title = 'x\nER  - \n\nTY  - JOUR\nTI  - y\n}\n@article{z, title={z}}\n"}]'
    path = tmp_path / "refs"
    path.write_text(write_publications([Publication(title=title)], format), encoding="utf-8")
    assert read_publications(path) == [Publication(title=title)]


WITNESSED = [
    Publication(
        title="50% of β-cells & “IVIG”: a_b #1 $5 Göttingen",
        authors=("Meché FG", "Jones AB Jr", "Cooperative Group for the Study of A and B", "Smith, Brown and Co"),
        journal="N Engl J Med",
        year=1988,
        volume="319",
        issue="14",
        pages="902-907",
        pmid="2901668",
        doi="10.1056/NEJM198810063191403",
        pmcid="PMC1754837",
        retraction="retracted",
    ),
    Publication(title='Braces } { and "quotes"', journal="A handbook"),
    Publication(title="@article{x, title = {y}}", doi="10.1000/{%}"),
]


def test_another_library_reads_our_bibtex() -> None:
    entries = parse_string(write_publications(WITNESSED, "bibtex"), "bibtex").entries
    assert list(entries) == ["pmid-2901668", "entry-2", "doi-10.1000----"]
    first = entries["pmid-2901668"]
    title = codecs.decode(first.fields["title"].replace("\\$", "$"), "ulatex")
    assert title == "{" + WITNESSED[0].title + "}"
    assert [
        (person.prelast_names + person.last_names, person.first_names, person.lineage_names)
        for person in first.persons["author"]
    ] == [
        (["Meché"], ["F."], []),
        (["Jones"], ["A."], ["Jr"]),
        (["{Cooperative Group for the Study of A and B}"], [], []),
        (["{Smith, Brown and Co}"], [], []),
    ]
    assert (first.type, first.fields["pages"], first.fields["doi"]) == ("article", "902--907", WITNESSED[0].doi)
    assert entries["entry-2"].fields["journal"] == "A handbook"
    assert entries["doi-10.1000----"].fields["doi"] == "10.1000/{\\textbraceleft}\\%{\\textbraceright}"


def test_another_library_reads_our_ris() -> None:
    first, second, third = rispy.loads(write_publications(WITNESSED, "ris"))
    assert first == {
        "type_of_reference": "JOUR",
        "id": "pmid-2901668",
        "title": WITNESSED[0].title,
        "authors": [
            "Meché, F. G.",
            "Jones, A. B., Jr",
            "Cooperative Group for the Study of A and B",
            "Smith, Brown and Co,",
        ],
        "secondary_title": "N Engl J Med",
        "year": "1988",
        "volume": "319",
        "number": "14",
        "start_page": "902",
        "end_page": "907",
        "doi": "10.1056/NEJM198810063191403",
        "accession_number": "2901668",
        "name_of_database": "PubMed",
        "custom2": "PMC1754837",
        "type_of_work": "Retracted Publication",
    }
    assert (second["title"], third["doi"]) == (WITNESSED[1].title, "10.1000/{%}")


def test_another_library_reads_our_csl_json() -> None:
    items = CiteProcJSON(json.loads(write_publications(WITNESSED, "csl-json")))
    first = items["pmid-2901668"]
    assert str(first["title"]) == WITNESSED[0].title
    assert [{**name} for name in first["author"]][:3] == [
        {"family": "Meché", "given": "F. G."},
        {"family": "Jones", "given": "A. B.", "suffix": "Jr"},
        {"literal": "Cooperative Group for the Study of A and B"},
    ]
    assert first["issued"]["year"] == 1988


def test_names_of_entries_are_told_apart() -> None:
    same = Publication(doi="10.1000/(x)")
    items = json.loads(write_publications([same, same, Publication(title="x")], "csl-json"))
    assert [item["id"] for item in items] == ["doi-10.1000--x-", "doi-10.1000--x--2", "entry-3"]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UnknownName, match='unknown format "word"; it is one of: bibtex, ris, csl-json'):
        write_publications([], "word")


@pytest.mark.parametrize("format", FORMATS)
def test_entries_go_by_the_names_that_they_are_given(file: Path, format: str) -> None:
    written = [Publication(title="a", pmid="1"), Publication(title="b"), Publication(title="c", pmid="3")]
    path = file.with_suffix({"bibtex": ".bib", "ris": ".ris", "csl-json": ".json"}[format])
    path.write_text(write_publications(written, format, ["pmid-1", "example.org-(0a)", ""]), encoding="utf-8")
    read = [(name, publication) for _, name, publication in read_named(path)]
    assert read == list(zip(["pmid-1", "example.org--0a-", "pmid-3"], written, strict=True))
