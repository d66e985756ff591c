"""Any file: which format it is in, and what is wrong with it before its entries are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivig.errors import BadInput, NotThere
from ivig.io.bibliographies import Publication, read_publications
from ivig.model.problems import BadRecords

SAMPLES = sorted((Path(__file__).parent / "samples").iterdir())


def _file(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def _message(path: Path, limit: int = 1000) -> str:
    with pytest.raises(BadInput) as caught:
        read_publications(path, limit)
    return str(caught.value)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.suffix)
@pytest.mark.parametrize("suffix", [".txt", ".ris", ".bib", ".json", ".xml", ".nbib", ".enw", ""])
def test_the_content_tells_the_format(tmp_path: Path, sample: Path, suffix: str) -> None:
    copy = _file(tmp_path, f"refs{suffix}", b"\xef\xbb\xbf" + sample.read_bytes())
    assert read_publications(copy) == read_publications(sample)
    assert len(read_publications(copy)) == 4


def test_one_publication_is_the_same_in_every_format() -> None:
    found = [read_publications(sample)[0] for sample in SAMPLES]
    assert {publication.key() for publication in found} == {"pmid-15674654"}
    assert {publication.title for publication in found} == {found[0].title}
    assert {publication.authors[0] for publication in found} == {"Peterlana D"}


@pytest.mark.parametrize("content", [b"", b" \n", b"Some words.", b"title,year\nx,2004\n"])
def test_an_unknown_format(tmp_path: Path, content: bytes) -> None:
    message = _message(_file(tmp_path, "refs.txt", content))
    assert "PubMed XML (a file that begins with <) or CSL-JSON " in message
    assert 'RIS (lines such as "TY  - JOUR")' in message


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("refs.ris", b"TY - JOUR\nTI - x\nER - \n", 'refs.ris: RIS (lines such as "TY  - JOUR")'),
        ("refs.bib", b"article{a, title={x}}", 'refs.bib: BibTeX (lines such as "@article{name,")'),
        ("refs.nbib", b"x", 'refs.nbib: MEDLINE (lines such as "PMID- 15674654")'),
        ("refs.json", b"", "refs.json: CSL-JSON (a file that begins with [ or {)"),
        (
            "refs.XML",
            b"",
            "refs.XML: EndNote XML (a file that begins with <xml><records>) or PubMed XML (a file that begins with <)",
        ),
    ],
)
def test_where_the_content_tells_nothing_the_suffix_says_what_should_be_there(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    assert _message(_file(tmp_path, name, content)) == message


@pytest.mark.parametrize("name", ["refs.ris", "refs.bib", "refs.nbib"])
def test_a_blank_file_of_a_known_format_holds_nothing(tmp_path: Path, name: str) -> None:
    assert read_publications(_file(tmp_path, name, b"\n")) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_another_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = _file(tmp_path, "refs.ris", "TY  - JOUR\r\nTI  - Göttingen\r\nER  - \r\n".encode(encoding))
    assert [publication.title for publication in read_publications(path)] == ["Göttingen"]


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    path = _file(tmp_path, "refs.ris", b"TY  - JOUR\n\n\x81\n")
    assert _message(path) == "refs.ris: line 3: byte 0x81 is no text; save the file as UTF-8"


def test_a_file_over_the_limit(tmp_path: Path) -> None:
    record = b"TY  - JOUR\nTI  - x\nER  - \n"
    path = _file(tmp_path, "refs.ris", record)
    assert read_publications(path, len(record)) == [Publication(title="x")]
    assert _message(path, len(record) - 1) == "refs.ris: at most 25 bytes; split the file"


def test_a_file_that_never_ends_is_refused() -> None:
    assert _message(Path("/dev/zero")) == "zero: no regular file"


@pytest.mark.parametrize("name", ["missing.ris", "."])
def test_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotThere):
        read_publications(tmp_path / name)


def test_a_thousand_problems_are_kept_and_twenty_are_shown(tmp_path: Path) -> None:
    path = _file(tmp_path, "refs.ris", b"TY  - JOUR\nER  - \n" * 1500)
    with pytest.raises(BadRecords) as caught:
        read_publications(path)
    assert len(caught.value.problems) == 1000
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "… and 980 more"
