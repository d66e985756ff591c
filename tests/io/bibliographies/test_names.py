"""Authors: persons in short, groups by their name, and back into parts without loss."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ivig.io.bibliographies.names import authors_line, authors_of, parts, short_name


@pytest.mark.parametrize(
    ("family", "given", "suffix", "short"),
    [
        ("Peterlana", "Davide", "", "Peterlana D"),
        ("Dalakas", "M.C.", "", "Dalakas MC"),
        ("Dalakas", "MC", "", "Dalakas MC"),
        ("Dupont", "Jean-Pierre", "", "Dupont JP"),
        ("Dupont", "J.-P.", "", "Dupont JP"),
        ("Tolkien", "J. R. R. T.", "", "Tolkien JRRT"),
        ("KATZ", "DAVID", "", "KATZ D"),
        ("Østergaard", "É. å", "", "Østergaard É"),
        ("Meche\u0301", "E\u0301mile", "", "Meche\u0301 É"),
        ("Jones", "A B", "Jr.", "Jones AB Jr"),
        ("Cher", "", "", "Cher"),
        ("王", "小明", "", "王 小明"),
        ("hooks", "bell", "", "hooks bell"),
    ],
)
def test_a_person_is_family_name_and_initials(family: str, given: str, suffix: str, short: str) -> None:
    assert short_name(family, given, suffix) == short


@pytest.mark.parametrize(
    "name",
    [
        "Cooperative Group for IVIG AB",
        "Robinson et al.",
        "World Health Organization",
        "Cher",
        "A, B",
        "王 小明",
        "et al.",
    ],
)
def test_a_name_that_is_no_person_in_short_has_no_parts(name: str) -> None:
    assert parts(name) is None


@given(st.text("ABÉaé -.'王JrI,", min_size=1, max_size=15))
def test_parts_make_the_same_name_again(name: str) -> None:
    found = parts(name)
    assert found is None or short_name(*found) == name


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Ohlsson A, Lacy JB", ("Ohlsson A", "Lacy JB")),
        ("Hughes RAC, Swan AV, van Doorn PA", ("Hughes RAC", "Swan AV", "van Doorn PA")),
        ("Dalakas MC et al.", ("Dalakas MC", "et al.")),
        ("Ahmed AR, Sami N, et al.", ("Ahmed AR", "Sami N", "et al.")),
        ("Seo et al.", ("Seo", "et al.")),
        ("Dutch Guillain-Barré Study Group", ("Dutch Guillain-Barré Study Group",)),
        ("Agency for Health, Quality and Research", ("Agency for Health, Quality and Research",)),
        ("Sample, Bert", ("Sample, Bert",)),
        ("et al.", ("et al.",)),
        ("", ()),
    ],
)
def test_a_line_of_authors_is_taken_apart(line: str, authors: tuple[str, ...]) -> None:
    assert authors_of(line) == authors


@given(
    st.lists(st.sampled_from(["Dalakas MC", "王 小明", "Study Group, Dutch", "Jones AB Jr"]), min_size=2, max_size=5)
)
def test_authors_in_one_line_come_apart_again(authors: list[str]) -> None:
    assert authors_of(authors_line([*authors, "et al."])) == (*authors, "et al.")
