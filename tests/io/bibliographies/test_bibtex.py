"""BibTeX: four entries, the LaTeX in them, and what is wrong with a file."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bibliographies import PERICARDITIS, problems_in
from ivig.io.bibliographies import Publication, read_publications
from ivig.io.bibliographies.bibtex import text_of

SAMPLE = Path(__file__).parent / "samples" / "four.bib"


def test_four_entries() -> None:
    assert read_publications(SAMPLE) == [
        PERICARDITIS,
        Publication(
            title="IVIG in Göttingen: 50% & more, β-cells, IgG4 – and “quotes”",
            authors=(
                "van der Meché FGA",
                "Østergaard S",
                "Nuñez Á",
                "Cooperative Group for IVIG and AB",
                "World Health Organization",
                "et al.",
            ),
            journal="Proceedings of Łódź",
            year=2004,
            pmid="2901668",
            doi="10.1000/a_b",
        ),
        Publication(title="100% of patients: =1+1", retraction="retracted"),
        Publication(title="Something", year=1999),
    ]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\'e}\'e\'{e}{\`e}\^{\i}\"{\i}\~n\=a\.z\u{g}\v{c}\H{o}\c{c}\k{a}\d{s}\r{a}", "éééèîïñāżğčőçąṣå"),
        (r"{\ss}{\o}{\O}{\l}{\L}{\ae}{\AE}{\oe}{\aa}{\AA}{\i}{\dh}{\th}", "ßøØłŁæÆœåÅıðþ"),
        (r"\emph{In vivo} {\it in vitro} \textsuperscript{125}I", "In vivo in vitro 125I"),
        (r"$\alpha$, $\beta_2$, $\pm$, $<$, IgG$_4$, IgG$_{4}$, $^{125}$I", "α, β2, ±, <, IgG4, IgG4, 125I"),
        (r"50% \% \\% \& \_ \# \$ {\textbackslash} {\textbraceleft}", "50% %  % & _ # $ \\ {"),
        ("a -- b --- c ``d'' ~", "a – b — c “d” \u00a0"),
        ("{A} & {B} # c_d^e", "A & B # c_d^e"),
        (r"\url{http://example.org/a%20b_c}", "http://example.org/a%20b_c"),
    ],
)
def test_latex_becomes_text(latex: str, text: str) -> None:
    assert text_of(latex) == text


@pytest.mark.parametrize(
    "latex",
    [r"\textalpha", r"\cite{x}", r"\begin{x}y\end{x}", r"\verb|x|",
     r"\href{a}{b}", "costs $5", "{" * 5000 + "}" * 5000],
)  # fmt: skip
def test_latex_that_is_not_known_is_refused(latex: str) -> None:
    with pytest.raises(ValueError, match="LaTeX"):
        text_of(latex)


def test_what_is_wrong_with_values(tmp_path: Path) -> None:
    text = (
        "@article{a, title = {\\relax x}, author = {A, B, C, D, E and \\foo{x}}, journal = unknown, year = 1999}\n"
        '@article{b, title = "x" # y, pmid = {12x}, year = {in press}}\n'
        "@article{c, title = {Fine}}\n"
        "@article{d, year = 2004}\n"
    )
    problems = problems_in(tmp_path / "refs.bib", text)
    assert [problem.partition(": ")[0] for problem in problems] == ["refs.bib, entry 1, line 1, a"] * 4 + [
        *["refs.bib, entry 2, line 2, b"] * 3,
        "refs.bib, entry 4, line 4, d",
    ]
    assert "title: LaTeX without \\relax, which is not known" in problems[0]
    assert "author: names joined by and: " in problems[1]
    assert "author: LaTeX without \\foo, which is not known" in problems[2]
    assert "journal: text in braces or quotation marks, a number, or one @string" in problems[3]
    assert "title: text in braces" in problems[4]
    assert "year: a year from 1900 to" in problems[5]
    assert "pmid: a PMID" in problems[6]
    assert problems[7].endswith("a title, or a PMID, DOI or PMCID")


def test_what_is_wrong_with_blocks(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = "@article{a, title={x}\n\n@article{b, title={y}}\n@article{b, title={z}}\n@article{c, title={v}, title={w}}\n@article{d, title={x"
    assert [problem.partition(" (found")[0] for problem in problems_in(tmp_path / "refs.bib", text)] == [
        "refs.bib, entry 1, line 1: well-formed BibTeX: Unexpected block start: `@article`. "
        "Was still looking for field-value closing `,…",
        'refs.bib, entry 3, line 4: each name once; "b" names an entry above too',
        "refs.bib, entry 4, line 5: well-formed BibTeX: Duplicate field keys on entry: 'title'.",
        "refs.bib, entry 5, line 6: well-formed BibTeX: Unexpectedly reached end of file.",
    ]
    assert logging.getLogger("bibtexparser").handlers


def test_a_file_of_comments_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text("@comment{jabref-meta: databaseType:bibtex;}\n")
    assert read_publications(path) == []


def test_authors_of_every_form(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    names = (
        "Marinos C. Dalakas and Dalakas, M. C. and Jones, Jr., A. B. and {Smith and Wesson} and Ludwig van Beethoven "
        r"AND \"Ozg\"ur, T and \O stergaard, S and \v{C}apek, Karel and and K. \'{A}ngel"
        "\nand\n{\\'E}x, Y"
    )
    path.write_text(f"@article{{a, title = {{x}}, author = {{{names}}}}}")
    assert read_publications(path)[0].authors == (
        "Dalakas MC",
        "Dalakas MC",
        "Jones AB Jr",
        "Smith and Wesson",
        "van Beethoven L",
        "Özgür T",
        "Østergaard S",
        "Čapek K",
        "Ángel K",
        "Éx Y",
    )


def _read(tmp_path: Path, fields: str) -> Publication:
    path = tmp_path / "refs.bib"
    path.write_text(f"@article{{a,\n{fields}\n}}\n", encoding="utf-8")
    return read_publications(path)[0]


def test_fields_in_two_pairs_of_braces(tmp_path: Path) -> None:
    fields = "Title = {{Of Science}}, Year = {{2011}}, Volume = {{12}}, DOI = {{10.5555/wos.1}}, "
    found = _read(tmp_path, fields + "PubMed-ID = {{21314913}}, url = {{https://x.org/a}}")
    assert found == Publication(
        title="Of Science", year=2011, volume="12", doi="10.5555/wos.1", pmid="21314913", address="https://x.org/a"
    )


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        (r"10.5555/115\ensuremath{<}1606:G\ensuremath{>}2.0.CO;2", "10.5555/115<1606:G>2.0.CO;2"),
        (r"10.5555/115{\textless}1607:G{\textgreater}2.0.CO;2", "10.5555/115<1607:G>2.0.CO;2"),
        (r"10.5555/115$<$1608:G$>$2.0.CO;2", "10.5555/115<1608:G>2.0.CO;2"),
        (r"10.5555/115&lt;1609:G&gt;2.0.CO;2", "10.5555/115<1609:G>2.0.CO;2"),
        (r"10.5555/115<1610:G>2.0.CO;2", "10.5555/115<1610:G>2.0.CO;2"),
        (r"10.5555/under{\_}score", "10.5555/under_score"),
        (r"10.5555/tilde{\textasciitilde}x~y--z", "10.5555/tilde~x~y--z"),
    ],
)
def test_the_latex_of_a_doi_is_decoded(tmp_path: Path, written: str, doi: str) -> None:
    assert _read(tmp_path, f"doi={{{written}}}").doi == doi


def test_the_latex_of_a_doi_that_is_not_known_is_refused(tmp_path: Path) -> None:
    [problem] = problems_in(tmp_path / "refs.bib", r"@article{a, doi={10.5555/a\unheardof{b}}}")
    assert "doi: LaTeX without \\unheardof{b}, which is not known" in problem.replace("\\unheardof,", "\\unheardof{b},")


def test_markup_of_the_web_that_was_taken_for_text(tmp_path: Path) -> None:
    title = r"Role of {\textless}i{\textgreater}in vivo{\textless}/i{\textgreater} {{IgG4}} \textsuperscript{18}F \&amp; more"
    assert _read(tmp_path, f"title={{{title}}}").title == "Role of in vivo IgG4 18F & more"


def test_values_joined_by_a_number_sign(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(
        '@preamble{"\\newcommand{\\noop}[1]{}"}\n@string{jtest = "Journal of "}\n@string{all = jtest # {#1 "Tests"}}\n'
        '@article{a, title = "A" # " title", journal = JTest # {#1 "Tests"}, month = jan # "~1", year = 2011}\n'
        "@article(b, author = {Berg, Jan van der and Jan van der Berg}, title = {B # c})\n"
    )
    one, other = read_publications(path)
    assert (one.title, one.journal, one.year) == ("A title", 'Journal of #1 "Tests"', 2011)
    assert (other.title, other.authors) == ("B # c", ("van der Berg J", "van der Berg J"))
