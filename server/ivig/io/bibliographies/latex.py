"""LaTeX in the values of BibTeX into plain Unicode, and back.

A command that is not known is refused: to drop it would lose a letter, and nobody would see.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NoReturn

from pylatexenc.latex2text import (
    EnvironmentTextSpec,
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)
from pylatexenc.latexwalker import LatexWalkerError

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
    "\\": " ",
    "/": "",
    "-": "",
}
_LOOKS = [
    *(f"text{look}" for look in ("rm", "it", "bf", "sc", "sl", "sf", "tt", "up", "md", "normal")),
    *("em", "it", "bf", "rm", "sf", "tt", "sc", "sl"),
    *("emph", "text", "textsubscript", "textsuperscript", "mbox", "protect", "url"),
]
"""Commands that change how letters look, and leave the letters."""
_OTHERS = ("input", "include", "today", "texorpdfstring", "item")
"""What the library would answer by a file, a date, or less than it was given."""

# Decoding takes a third of a millisecond and more; most values need none.
_ANY = re.compile(r"[\\{}$~]|--|''|``|[?!]`")
_LONGEST = 20_000

_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")
_SCRIPT = re.compile(r"\$\s*[_^]\s*(?:\{([^{}$\\]*)\}|([^{}$\\]))\s*\$")
_ESCAPES = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
# TeX draws some pairs together: -- to a dash, '' to a quotation mark, ?` to ¿. Braces between keep them apart.
_SPECIAL = re.compile(f"[{re.escape(''.join(_ESCAPES))}]|[-'`!?,<>](?=[-'`,<>])")


def text_of(latex: str) -> str:
    r"""The text that LaTeX stands for, without braces and commands for looks. Raises ValueError where it is not known.

    A per cent sign is one, though TeX would drop what follows. Sub- and superscripts lose their place, as in PubMed.

    >>> text_of(r"{\"U}ber {IgG}$_4$, \emph{in vivo} 50% \& more")
    'Über IgG4, in vivo 50% & more'
    """
    if not _ANY.search(latex):
        return latex
    if len(latex) > _LONGEST:
        raise ValueError(f"LaTeX of at most {_LONGEST} characters")
    latex = _SCRIPT.sub(lambda script: script[1] or script[2] or "", _PERCENT.sub(r"\1\\%", latex))
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
            *(MacroTextSpec(name, simplify_repl=_refuse) for name in _OTHERS),
        ],
    )
    context.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=_refuse))
    context.set_unknown_environment_spec(EnvironmentTextSpec("", simplify_repl=_refuse))
    return LatexNodes2Text(latex_context=context, math_mode="text")
