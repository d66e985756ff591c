"""BibTeX: four entries, the LaTeX in them, and what is wrong with a file."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bibliographies import PERICARDITIS, problems_in
from ivig.io.bibliographies import Publication, read_publications
from ivig.io.bibliographies.latex import text_of

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
            kind="conference paper",
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
        (r"$\alpha$, $\beta$, $\pm$, $<$, IgG$_4$, IgG$_{4}$, $^{125}$I", "α, β, ±, <, IgG4, IgG4, 125I"),
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
    [r"\textalpha", r"\input{/etc/passwd}", r"\include{x}", r"\today", r"\cite{x}", r"\begin{x}y\end{x}", r"\verb|x|",
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
