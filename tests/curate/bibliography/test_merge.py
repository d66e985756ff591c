"""Merging: what makes two entries one, which value stays, and what cannot be one."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ivig.curate.bibliography import BadBibliography, Publication, merge


def _contradictions(*publications: Publication) -> list[str]:
    with pytest.raises(BadBibliography) as caught:
        merge(publications)
    return [str(problem) for problem in caught.value.problems]


def test_the_fuller_value_stays() -> None:
    short = Publication(
        title="Intravenous immunoglobulin in auto",
        authors=("Dalakas MC", "et al."),
        journal="JAMA",
        pages="2367-75",
        pmid="15150209",
        doi="10.1001/jama.291.19.2367",
        retraction="retracted",
    )
    full = Publication(
        title="Intravenous immunoglobulin in autoimmune neuromuscular diseases.",
        authors=("Dalakas MC", "Other A"),
        journal="JAMA",
        year=2004,
        volume="291",
        issue="19",
        pages="2367-2375",
        doi="10.1001/JAMA.291.19.2367",
        pmcid="PMC1",
        kind="article",
    )
    merged = Publication(
        title="Intravenous immunoglobulin in autoimmune neuromuscular diseases.",
        authors=("Dalakas MC", "Other A"),
        journal="JAMA",
        year=2004,
        volume="291",
        issue="19",
        pages="2367-2375",
        pmid="15150209",
        doi="10.1001/JAMA.291.19.2367",
        pmcid="PMC1",
        kind="article",
        retraction="retracted",
    )
    assert merge([short, full]) == [merged]
    assert merge([full, short]) == [merged]


def test_of_years_the_first_stays() -> None:
    assert merge([Publication(pmid="1"), Publication(pmid="1", year=2005), Publication(pmid="1", year=2004)]) == [
        Publication(pmid="1", year=2005)
    ]


def test_what_is_shared_carries_on_and_order_is_that_of_the_first() -> None:
    publications = [
        Publication(pmid="1"),
        Publication(title="Alone"),
        Publication(pmcid="PMC3", title="x"),
        Publication(title="Alone"),
        Publication(doi="10.1000/A", pmcid="PMC3"),
        Publication(pmid="1", doi="10.1000/a"),
    ]
    assert merge(publications) == [
        Publication(pmid="1", doi="10.1000/A", pmcid="PMC3", title="x"),
        Publication(title="Alone"),
        Publication(title="Alone"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Off-label use of IVIG.", "OFF- LABEL USE OF IVIG"),
        ("Use of IVIG", "Use of IVIG in Guillain-Barré syndrome: a trial"),
        ("Use of IVIG in Guillain-Barré synd", "Use of IVIG in Guillain-Barre syndrome"),
        (
            "Interferon-alpha and immunoglobulin in multiple sclerosis",
            "Interferon-α and immunoglobulin in multiple sclerosis",
        ),
        ("[Use of IVIG]", "Use of IVIG"),
        ("", "Use of IVIG"),
        ("...", "Use of IVIG"),
    ],
)
def test_titles_that_are_no_contradiction(one: str, other: str) -> None:
    assert len(merge([Publication(pmid="1", title=one), Publication(pmid="1", title=other)])) == 1


def test_one_pmid_and_two_titles() -> None:
    assert _contradictions(
        Publication(pmid="1", title="Of mice"), Publication(pmid="2"), Publication(pmid="1", title="Of men and women")
    ) == [
        "publications 1 and 3: title: one for both, as they share an identifier, directly or by others "
        "(found: Of mice (pmid-1) and Of men and women (pmid-1))"
    ]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"doi": "10.1000/a", "pmid": "1"}, {"doi": "10.1000/A", "pmid": "2"}, 'pmid: 1 ("x") and 2 (pmid-2)'),
        (
            {"pmid": "1", "doi": "10.1000/a"},
            {"pmid": "1", "doi": "10.1000/b"},
            'doi: 10.1000/a ("x") and 10.1000/b (pmid-1)',
        ),
        ({"pmid": "1", "pmcid": "PMC1"}, {"pmid": "1", "pmcid": "PMC2"}, 'pmcid: PMC1 ("x") and PMC2 (pmid-1)'),
    ],
)
def test_two_identifiers_of_one_kind(one: dict[str, str], other: dict[str, str], found: str) -> None:
    field, _, values = found.partition(": ")
    [message] = _contradictions(Publication(title="x", **one), Publication(**other))
    assert message.startswith(f"publications 1 and 2: {field}: one for both")
    assert message.endswith(f"(found: {values})")


def test_all_contradictions_are_named() -> None:
    messages = _contradictions(
        Publication(pmid="1", doi="10.1000/a", title="Of mice"),
        Publication(pmid="2", doi="10.1000/a", title="Of men and women"),
        Publication(pmid="3", title="Of cats"),
        Publication(pmid="3", title="Of dogs and wolves"),
    )
    assert [message.partition(": one")[0] for message in messages] == [
        "publications 1 and 2: pmid",
        "publications 1 and 2: title",
        "publications 3 and 4: title",
    ]


_SOME = st.builds(
    Publication,
    title=st.just("x"),
    pmid=st.sampled_from(["", "1", "2", "3"]),
    doi=st.sampled_from(["", "10.1000/a", "10.1000/A", "10.1000/b"]),
    pmcid=st.sampled_from(["", "PMC1", "PMC2"]),
)


@given(st.lists(_SOME, max_size=8))
def test_after_merging_nothing_is_shared_and_nothing_is_left_to_merge(publications: list[Publication]) -> None:
    try:
        merged = merge(publications)
    except BadBibliography:
        return
    for name in ("pmid", "doi", "pmcid"):
        found = [getattr(publication, name).lower() for publication in merged if getattr(publication, name)]
        assert len(found) == len(set(found))
        assert set(found) == {getattr(publication, name).lower() for publication in publications} - {""}
    assert merge(merged) == merged


@given(st.lists(_SOME, max_size=8))
def test_the_order_makes_no_difference_to_what_contradicts(publications: list[Publication]) -> None:
    def contradicts(given: list[Publication]) -> bool:
        try:
            merge(given)
        except BadBibliography:
            return True
        return False

    assert contradicts(publications) == contradicts(publications[::-1])
