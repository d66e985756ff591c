"""BibTeX, read and written by bibtexparser, with the fields that BibLaTeX has for the same; its LaTeX by pylatexenc.

A command of LaTeX that is not known is refused: to drop it would lose a letter, and nobody would see.
Source of the format: https://ctan.org/pkg/bibtex and https://ctan.org/pkg/biblatex.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NoReturn

from bibtexparser.entrypoint import parse_string, write_string
from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.library import Library
from bibtexparser.middlewares import LibraryMiddleware, RemoveEnclosingMiddleware
from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import DuplicateBlockKeyBlock, Entry as Block, Field, ParsingFailedBlock
from bibtexparser.writer import BibtexFormat
from pylatexenc.latex2text import EnvironmentTextSpec, LatexNodes2Text, MacroTextSpec, get_default_latex_context_db
from pylatexenc.latexwalker import LatexWalkerError

from ivig.io.bibliographies.entry import Entry, place, without_empty, year_of
from ivig.io.bibliographies.names import ET_AL, is_group, parts, short_name
from ivig.io.bibliographies.publication import Publication
from ivig.model.problems import Problem, shown

SIGN = re.compile(r"^[ \t]*@[ \t]*\w+[ \t]*[{(]", re.MULTILINE)

# The library states the types of what it makes, and none of how.
_FORMAT = BibtexFormat()  # type: ignore[no-untyped-call]
_FORMAT.indent, _FORMAT.trailing_comma, _FORMAT.block_separator = "  ", True, "\n"

_OTHERS = "others"
_RETRACTED = "retracted"
# The library loses the accent of a name that begins with one, and takes a second "and" for a name.
_AND = re.compile(r"(?:\s+and(?=\s))+\s+(\\?)", re.IGNORECASE)
_PIECE = re.compile(r"""\\.|[{}"#]""", re.DOTALL)
_PLAIN_FAMILY = re.compile(r"(?!.*\band\b)[^\W\d_]+(?:[ '\u2019-][^\W\d_]+)*", re.IGNORECASE)

_LETTERS_AND_SIGNS = ["latex-base", "nonascii-specials", "advanced-symbols"]
_SIGNS = {
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciicircum": "^",
    "textasciitilde": "~",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textquotedbl": '"',
    "textunderscore": "_",
    "textdollar": "$",
    "slash": "/",
    "S": "§",
    "P": "¶",
    "copyright": "©",
    "pounds": "£",
    "euro": "€",
    "textmu": "µ",
    "\\": " ",
    "/": "",
    "-": "",
}
_LOOKS = (
    *(f"text{look}" for look in ("rm", "it", "bf", "sc", "sl", "sf", "tt", "up", "md", "normal")),
    *("em", "it", "bf", "rm", "sf", "tt", "sc", "sl"),
    *("emph", "text", "textsubscript", "textsuperscript", "ensuremath", "mbox", "protect", "url"),
)
"""Commands that change how letters look, and leave the letters."""
# Decoding takes a third of a millisecond and more; most values need none.
_ANY = re.compile(r"[\\{}$~]|--|''|``|[?!]`")
_LONGEST = 20_000
_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")
_MATH = re.compile(r"(?<!\\)\$([^$]*)\$")
_SCRIPT = re.compile(r"(?<!\\)[_^]")
_ESCAPES = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
# TeX draws some pairs together: -- to a dash, '' to a quotation mark, ?` to ¿. Braces between keep them apart.
_DRAWN_TOGETHER = r"[-'`!?,<>](?=[-'`,<>])"
_SPECIAL = re.compile(f"[{re.escape(''.join(_ESCAPES))}]|{_DRAWN_TOGETHER}")

# The reader of blocks logs what it also gives back; without a handler that would go to the terminal.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())


def read(text: str) -> Iterator[Entry | Problem]:
    """The entries of a BibTeX file, and what is wrong with the file or with the LaTeX in it."""
    number = 0
    for block in parse_string(text, parse_stack=[_Concatenation(), RemoveEnclosingMiddleware()]).blocks:
        if not isinstance(block, Block | ParsingFailedBlock):
            continue
        number += 1
        where = place(number, (block.start_line or 0) + 1)
        if isinstance(block, ParsingFailedBlock):
            yield Problem("", where, "", "", shown((block.raw or "").strip()), _allowed(block))
        else:
            yield from _Fields(block, where).entry()


def written(publications: Iterable[tuple[str, Publication]]) -> str:
    """The publications, each with the name that it goes by in the file, as BibTeX."""
    return write_string(Library([_block(*each) for each in publications]), bibtex_format=_FORMAT)


def text_of(latex: str) -> str:
    r"""The text that LaTeX stands for, without braces and commands for looks.

    A per cent sign is one, though TeX would drop the line after it. Sub- and superscripts lose their place, as in
    PubMed.

    :raises ValueError: where it is not known

    >>> text_of(r"{\"U}ber {IgG}$_4$, \emph{in vivo} 50% \& more")
    'Über IgG4, in vivo 50% & more'
    """
    if not _ANY.search(latex):
        return latex
    if len(latex) > _LONGEST:
        raise ValueError(f"LaTeX of at most {_LONGEST} characters")
    latex = _MATH.sub(lambda math: f"${_SCRIPT.sub('', math[1])}$", _PERCENT.sub(r"\1\\%", latex))
    try:
        text: str = _decoder().latex_to_text(latex, tolerant_parsing=False)
    except LatexWalkerError as error:
        raise ValueError(f"LaTeX that can be read: {str(error).splitlines()[0]}") from error
    except (IndexError, RecursionError) as error:
        raise ValueError("LaTeX that can be read") from error
    return text


def latex_of(text: str) -> str:
    r"""LaTeX that `text_of` reads as this text. Letters stay as they are; no brace is left without its pair.

    >>> latex_of("Über 50% {x}")
    'Über 50\\% {\\textbraceleft}x{\\textbraceright}'
    """
    return _SPECIAL.sub(lambda sign: _ESCAPES.get(sign[0], sign[0] + "{}"), text)


class _Concatenation(LibraryMiddleware):
    """What `#` joins, and the strings that a file names, in one pair of braces; the library knows only single names."""

    def transform(self, library: Library) -> Library:
        strings = {name.lower(): string.value[1:-1] for name, string in library.strings_dict.items()}
        for entry in library.entries:
            for field in entry.fields:
                pieces = list(_pieces(field.value))
                if all(piece[:1] in ("{", '"') or piece.isdigit() or piece.lower() in strings for piece in pieces):
                    known = [strings.get(piece.lower(), piece.strip('"')) for piece in pieces]
                    field.value = field.value if len(pieces) == 1 and pieces[0][:1] == "{" else f"{{{''.join(known)}}}"
        return library


def _pieces(value: str) -> Iterator[str]:
    depth = begin = 0
    quoted = False
    for found in _PIECE.finditer(value):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        quoted ^= found[0] == '"' and depth == 0
        if found[0] == "#" and depth == 0 and not quoted:
            yield value[begin : found.start()].strip()
            begin = found.end()
    yield value[begin:].strip()


def _allowed(block: ParsingFailedBlock) -> str:
    if isinstance(block, DuplicateBlockKeyBlock):
        return f'each name once; "{shown(block.key)}" names an entry above too'
    error = block.error
    reason = error.abort_reason if isinstance(error, BlockAbortedException) else str(error)
    return f"well-formed BibTeX: {shown(reason.partition(' Note:')[0])}"


class _Fields:
    """The fields of one block, decoded one by one, with what is wrong with each."""

    def __init__(self, block: Block, where: str) -> None:
        self._where, self._name = where, shown(block.key)
        self._values = {field.key.lower(): field for field in block.fields}
        # A value may be asked for more than once, and is refused once.
        self._problems: dict[Problem, None] = {}

    def entry(self) -> Iterator[Entry | Problem]:
        """The problems of the entry, and the entry, for what else may be wrong with it."""
        pubmed = self._text("eprinttype", "archiveprefix").lower() in ("pubmed", "pmid")
        fields = {
            "title": self._text("title"),
            "authors": without_empty(self._authors()),
            "journal": self._text("journal", "journaltitle", "booktitle", "shortjournal"),
            "year": year_of(self._text("year", "date")),
            "volume": self._text("volume"),
            "issue": self._text("number", "issue"),
            "pages": self._text("pages"),
            "pmid": self._text("pmid", "pubmed-id") or (self._text("eprint") if pubmed else ""),
            "doi": self._text("doi", verbatim=True),
            "pmcid": self._text("pmcid", "pmc"),
            "address": self._text("url", verbatim=True),
            "retraction": "retracted" if self._text("pubstate").lower() == _RETRACTED else "not checked",
        }
        yield from self._problems
        yield Entry(self._where, self._name, fields)

    def _raw(self, *names: str) -> tuple[str, str]:
        """The first of these fields that has a value, and the value."""
        name = next((name for name in names if name in self._values and str(self._values[name].value).strip()), "")
        value = str(self._values[name].value).strip() if name else ""
        if name and self._values[name].enclosing == "no-enclosing":
            self._refuse(name, value, "text in braces or quotation marks, a number, or one @string of this file")
        return name, value

    def _text(self, *names: str, verbatim: bool = False) -> str:
        """The text of the first of these fields that has one; verbatim where it is no LaTeX but may have its signs."""
        name, value = self._raw(*names)
        if verbatim and re.search(r"[\\{}$]", value):
            # What TeX draws together stays apart.
            value = re.sub(_DRAWN_TOGETHER, r"\g<0>{}", value.replace("~", _ESCAPES["~"]))
        elif verbatim:
            return value
        return self._decoded(name, value)

    def _authors(self) -> Iterator[str]:
        authors = _AND.sub(lambda found: " and {}" + found[1] if found[1] else " and ", self._raw("author")[1])
        for name in split_multiple_persons_names(authors):
            if is_group(name) and "," not in name:
                yield self._decoded("author", name)
                continue
            try:
                found = parse_single_name_into_parts(name)
            except InvalidNameError as error:
                self._refuse("author", name, f"names joined by and: {error.reason}")
                continue
            parts = (found.von + found.last, found.first, found.jr)
            yield short_name(*(self._decoded("author", " ".join(words)) for words in parts))

    def _decoded(self, name: str, value: str) -> str:
        try:
            return text_of(value)
        except ValueError as error:
            self._refuse(name, value, str(error))
            return value

    def _refuse(self, field: str, value: str, allowed: str) -> None:
        self._problems[Problem("", self._where, self._name, field, shown(value), allowed)] = None


def _block(name: str, publication: Publication) -> Block:
    fields = {
        # A second pair of braces keeps the capitals of a title, whatever the style of the bibliography.
        "title": f"{{{latex_of(publication.title)}}}" if publication.title else "",
        "author": " and ".join(map(_written_name, publication.authors)),
        "journal": latex_of(publication.journal),
        "year": str(publication.year or ""),
        "volume": latex_of(publication.volume),
        "number": latex_of(publication.issue),
        "pages": latex_of(publication.pages).replace("-", "--"),
        "doi": _written_verbatim(publication.doi),
        "pmid": publication.pmid,
        "pmcid": publication.pmcid,
        "url": _written_verbatim(publication.address),
        "pubstate": _RETRACTED if publication.retraction == "retracted" else "",
    }
    kind = "article" if publication.journal else "misc"
    return Block(kind, name, [Field(field, value) for field, value in fields.items() if value])


def _written_name(name: str) -> str:
    if name == ET_AL:
        return _OTHERS
    found = parts(name)
    if found is None or not _PLAIN_FAMILY.fullmatch(found.family):
        return f"{{{latex_of(name)}}}"
    return ", ".join(filter(None, (found.family, found.suffix, found.initials)))


def _written_verbatim(text: str) -> str:
    # Only what would end the value, or be taken for LaTeX, is escaped: others paste a DOI into an address as it stands.
    return latex_of(text) if re.search(r"[\\{}$]", text) else text


def _refuse(node: Any, **_: Any) -> NoReturn:
    raise ValueError(f"LaTeX without {node.latex_verbatim().strip()}, which is not known; write the character itself")


@cache
def _decoder() -> Any:
    context = get_default_latex_context_db().filter_context(keep_categories=_LETTERS_AND_SIGNS)
    context.add_context_category(
        "bibliography",
        prepend=True,
        macros=[
            *(MacroTextSpec(name, sign) for name, sign in _SIGNS.items()),
            *(MacroTextSpec(name, discard=False) for name in _LOOKS),
        ],
    )
    context.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=_refuse))
    context.set_unknown_environment_spec(EnvironmentTextSpec("", simplify_repl=_refuse))
    return LatexNodes2Text(latex_context=context, math_mode="text")
