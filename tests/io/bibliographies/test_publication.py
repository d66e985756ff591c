"""A publication: identifiers in their one form, what is refused, and the key that names it."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from ivig.graph_files import GraphFiles
from ivig.io.bibliographies import Publication
from ivig.model.problems import problems_of


def _refused(**fields: object) -> list[tuple[str, str, str]]:
    with pytest.raises(ValidationError) as caught:
        Publication.model_validate(fields)
    return [(p.field, p.value, p.allowed) for p in problems_of(caught.value, "entry 1", "")]


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("pmid", " 15674654 ", "15674654"),
        ("pmid", "PMID: 15674654", "15674654"),
        ("pmid", "pmid15674654", "15674654"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/15674654/", "15674654"),
        ("pmid", "http://www.ncbi.nlm.nih.gov/pubmed/15674654", "15674654"),
        ("doi", "10.1002/14651858.CD004370.pub3", "10.1002/14651858.CD004370.pub3"),
        ("doi", "https://doi.org/10.1002/14651858.CD004370.pub3", "10.1002/14651858.CD004370.pub3"),
        ("doi", "http://dx.doi.org/10.1000/a%3Cb%3E", "10.1000/a<b>"),
        ("doi", "doi: 10.1000/A%3C", "10.1000/A%3C"),
        ("doi", "10.1000/a?b#c/.html", "10.1000/a?b#c/.html"),
        ("doi", "10.1000/1520(1987)115&lt;1609:G&gt;2.0.CO;2", "10.1000/1520(1987)115<1609:G>2.0.CO;2"),
        ("pmid", "https://europepmc.org/article/MED/15674654", "15674654"),
        ("doi", "doi:https://doi.org/10.1000/a", "10.1000/a"),
        ("pmcid", "PMC1754837", "PMC1754837"),
        ("pmcid", "pmc1754837", "PMC1754837"),
        ("pmcid", "1754837", "PMC1754837"),
        ("pmcid", "PMCID: PMC1754837", "PMC1754837"),
        ("pmcid", "https://pmc.ncbi.nlm.nih.gov/articles/PMC1754837/", "PMC1754837"),
        ("pmcid", "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1754837", "PMC1754837"),
    ],
)
def test_an_identifier_is_kept_in_its_one_form(field: str, given: str, kept: str) -> None:
    assert getattr(Publication.model_validate({field: given}), field) == kept


@pytest.mark.parametrize("value", ["0123", "123456789", "12a", "１２３", "-1", "1 2", "PMC1754837", "10.1000/a"])
def test_a_malformed_pmid_is_refused(value: str) -> None:
    assert _refused(pmid=value) == [("pmid", value, "a PMID: one to eight digits, not beginning with 0")]


@pytest.mark.parametrize(
    "value", ["10.1000", "10.100/a", "11.1000/a", "10.1000/", "10.1000/a b", "10.1000/a\u200b", "10.1000/a\0", "x"]
)
def test_a_malformed_doi_is_refused(value: str) -> None:
    [(field, _, allowed)] = _refused(doi=value)
    assert (field, allowed[:10]) == ("doi", "a DOI: 10.")


@pytest.mark.parametrize("value", ["PMC", "PMC0", "PMCX", "NIHMS123", "PMC１"])
def test_a_malformed_pmcid_is_refused(value: str) -> None:
    assert _refused(pmcid=value) == [("pmcid", value, "a PMCID: PMC and a number that does not begin with 0")]


def test_a_year_after_the_next_or_before_1900_is_refused() -> None:
    this_year = date.today().year
    assert Publication(title="x", year=this_year).year == this_year
    assert Publication(title="x", year=this_year + 1).year == this_year + 1
    for year in (this_year + 2, 1899, 98):
        assert _refused(title="x", year=year) == [("year", str(year), f"a year from 1900 to {this_year + 1}")]
    assert _refused(title="x", year="in press")[0][:2] == ("year", "in press")


def test_every_field_that_is_wrong_is_named() -> None:
    refused = _refused(title="a\0b", authors=("A", " "), year=3000, pmid="x", doi="x", pmcid="x")
    assert [field for field, _, _ in refused] == ["title", "authors.1", "year", "pmid", "doi", "pmcid"]


@pytest.mark.parametrize("fields", [{}, {"title": " "}, {"title": "", "authors": ("Dalakas MC",), "year": 2004}])
def test_without_title_and_identifier_it_is_refused(fields: dict[str, object]) -> None:
    assert _refused(**fields) == [("", "", "a title, or a PMID, DOI or PMCID")]


@pytest.mark.parametrize("bad", ["\x1b[31m", "a\x00", "\ud800"])
def test_control_characters_and_half_characters_are_refused(bad: str) -> None:
    assert [field for field, _, _ in _refused(title=bad)] == ["title"]


def test_a_refused_value_cannot_write_to_the_terminal() -> None:
    [(_, value, _)] = _refused(pmid="\x1b[31m" + "1" * 1000)
    assert value == "\\x1b[31m" + "1" * 75 + "…"


def test_text_is_one_line_of_composed_letters() -> None:
    publication = Publication(title="  Meche\u0301\n\t et\u00a0al\u2028 ", pages="18 – 21", authors=(" A  B\n",))
    assert (publication.title, publication.pages, publication.authors) == ("Meché et al", "18-21", ("A B",))
    assert Publication(title="x", pages="18--21").pages == "18-21"


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"pmid": "15674654", "doi": "10.1000/a", "pmcid": "PMC1"}, "pmid-15674654"),
        ({"doi": "10.1002/14651858.CD004370.pub3", "pmcid": "PMC1"}, "doi-10.1002-14651858.cd004370.pub3"),
        ({"doi": "10.1002/(SICI)1097<1661::AID_SIM>3.0;2-É"}, "doi-10.1002-(sici)1097-1661--aid_sim-3.0-2--"),
        ({"pmcid": "PMC1754837"}, "pmcid-pmc1754837"),
    ],
)
def test_the_key_is_by_pmid_else_doi_else_pmcid(fields: dict[str, str], key: str) -> None:
    assert Publication.model_validate(fields).key() == key


def test_without_identifier_there_is_no_key() -> None:
    assert Publication(title="Of mice").key() is None


def test_every_citation_of_the_graph_goes_by_its_key(files: GraphFiles) -> None:
    """The rule is that of the data: each citation there has the name that its identifiers give it."""
    from rdflib import RDF, Graph, Namespace

    ivig = Namespace("https://w3id.org/ivig/ontology#")
    graph = Graph()
    for path in files.data:
        graph.parse(path)
    checked = 0
    for citation in graph.subjects(RDF.type, ivig.Citation):
        found = {name: str(graph.value(citation, ivig[name]) or "") for name in ("pmid", "doi", "pmcid")}
        if any(found.values()):
            assert str(citation).endswith(f"/citation/{Publication.model_validate(found).key()}")
            checked += 1
    assert checked >= 9


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" https://example.org/a?b=c ", "https://example.org/a?b=c"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("www.example.org", ""),
        ("javascript:alert(1)", ""),
        ("https://example.org/a b", ""),
        ("https://example.org/{a}", ""),
        ("https://example.org/\x1b", ""),
    ],
)
def test_an_address_is_of_the_web_or_none(given: str, kept: str) -> None:
    assert Publication(title="x", address=given).address == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Effect of <i>in vivo</i> IgG<sub>4</sub> &amp; C1q", "Effect of in vivo IgG4 & C1q"),
        ('<span class="nocase">IVIG</span> at p &lt; 0.05', "IVIG at p < 0.05"),
        ("&amp;amp;lt;b&gt; <jats:italic>x</jats:italic>", "x"),
        ("p < 0.05 and n > 3", "p < 0.05 and n > 3"),
        ("AT&T; R&D &unknown;", "AT&T; R&D &unknown;"),
    ],
)
def test_text_is_without_markup_and_entities(given: str, kept: str) -> None:
    publication = Publication(title=given, journal=given)
    assert (publication.title, publication.journal) == (kept, kept)


@pytest.mark.parametrize("others", ["et al.", "et al", "others", "and others", "Et al.,"])
def test_authors_who_are_left_out_are_no_author(others: str) -> None:
    assert Publication(title="x", authors=(others, "Alpha A", "et al.")).authors == ("Alpha A", "et al.")
