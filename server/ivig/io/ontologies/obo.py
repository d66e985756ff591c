"""OBO files, by fastobo: https://owlcollab.github.io/oboformat/doc/obo-syntax.html

The library holds to the letter of the format, which definitions and cross-references of real files (ECO's, for one)
do not always: it gets the clauses that we ask for, and blank lines in place of the others.
"""

from __future__ import annotations

import io
import re
from typing import Any

from ivig.errors import BadInput
from ivig.io.ontologies.ontology import OBO, OntologyTerm, term_iri

_WHOLE = re.compile(r"\[|(?:format-version|data-version|ontology|name): ")
_VALUE = re.compile(r"((?:id|is_a|is_obsolete|replaced_by|consider|alt_id):\s*\S+)")
_SYNONYM = re.compile(r'(?P<exact>exact_)?synonym:\s*(?P<text>"(?:[^"\\]|\\.)*")\s*(?P<scope>[A-Z]*)')
_CONTINUED = re.compile(r"(?:.*\\\n)+.*")
_UNDER_A_CONDITION = "gci_relation="


def read_obo(text: str, name: str) -> tuple[str, str, dict[str, OntologyTerm]]:
    """The IRI, the version and the terms of an OBO file.

    :param text: the whole file
    :param name: what messages call the file
    :returns: the three, the terms by IRI
    :raises BadInput: with the line; where the library is missing
    """
    try:
        import fastobo
    except ImportError as error:
        raise BadInput(f"{name}: OBO files need fastobo: pip install 'ivig[ontologies]'") from error
    # What goes on after a backslash is one line; those below keep their numbers.
    if "\\\n" in text:
        text = _CONTINUED.sub(lambda lines: lines[0].replace("\\\n", "") + "\n" * lines[0].count("\\\n"), text)
    terms: dict[str, OntologyTerm] = {}
    try:
        frames = fastobo.iter(io.BytesIO("\n".join(map(_asked_for, text.split("\n"))).encode()))
        head = {clause.raw_tag(): clause.raw_value() for clause in frames.header()}
        for frame in frames:
            if isinstance(frame, fastobo.term.TermFrame):
                terms[term_iri(str(frame.id))] = _term(frame)
    except SyntaxError as error:
        raise BadInput(f"{name}, line {error.lineno}: {' '.join(error.msg.split())}") from error
    except (OSError, TypeError, ValueError) as error:
        raise BadInput(f"{name}: {' '.join(str(error).split())}") from error
    return _iri(head.get("ontology", "")), head.get("data-version", ""), terms


def _asked_for(line: str) -> str:
    """A line as the library reads it, without what stands behind the value; blank where nobody asks for it."""
    if _WHOLE.match(line):
        return line
    if value := _VALUE.match(line):
        return "" if _UNDER_A_CONDITION in line else value[1]
    if (synonym := _SYNONYM.match(line)) and (synonym["exact"] or synonym["scope"] == "EXACT"):
        return f"synonym: {synonym['text']} EXACT []"
    # What is neither a clause nor a comment is left for the library to refuse, and so is a text that does not end.
    broken = line.strip() and not line.lstrip().startswith("!") and (":" not in line or line.startswith("synonym:"))
    return line if broken and not synonym else ""


def _iri(name: str) -> str:
    """The IRI of an ontology, given the name that OBO files have for it: `eco` is obo/eco.owl."""
    return name if "://" in name or not name else f"{OBO}{name}.owl"


def _term(frame: Any) -> OntologyTerm:
    term = OntologyTerm()
    lists = {"is_a": term.parents, "replaced_by": term.replaced_by, "consider": term.consider, "alt_id": term.merged}
    for clause in frame:
        tag = clause.raw_tag()
        if tag == "name":
            term.label = clause.name.strip()
        elif tag == "is_obsolete":
            term.deprecated = clause.obsolete
        elif tag == "synonym":
            term.synonyms.append(clause.synonym.desc)
        elif tag in lists:
            lists[tag].append(term_iri(str(clause.alt_id if tag == "alt_id" else clause.term)))
    return term
