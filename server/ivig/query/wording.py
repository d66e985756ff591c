"""Numbers, effects, doses and references as people write them, from the columns of the saved queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from ivig.query.results import Value

Row = Mapping[str, Value]

_UNITS = {
    "%": "%",
    "d": " days",
    "wk": " weeks",
    "mo": " months",
    "a": " years",
    "h": " hours",
    "{score}": " points",
    "{logit}": " logits",
    "10*9/L": " × 10⁹/L",
    "/uL": "/µL",
    "g/dL": " g/dL",
    "kg": " kg",
}
_WITHOUT_VALUE = ("p value only",)
_OF_PERSONS = ("{patients}", "patients", "{persons}", "{patient}")
_INITIALS = re.compile(r"^[A-Z]{1,4}$")
_THOUSAND = 10_000
"""From here on digits are grouped, as in 12,000: below, four of them are read at a glance."""


def number(value: Value) -> str:
    """A number without idle zeros.

    >>> number(Decimal("0.60")), number(2.0), number(12400), number(-0.04)
    ('0.6', '2', '12,400', '−0.04')
    """
    if value is None or isinstance(value, str):
        return value or ""
    text = f"{Decimal(str(value)):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = f"{int(text):,}" if "." not in text and abs(int(text)) >= _THOUSAND else text
    return text.replace("-", "−")


def counted(count: Value, thing: str, things: str = "") -> str:
    """How many there are of something.

    :param thing: its name
    :param things: the name of several, where that is not the name with an s

    >>> counted(1, "study", "studies"), counted(12400, "person")
    ('1 study', '12,400 persons')
    """
    return f"{number(count)} {thing if count == 1 else things or f'{thing}s'}"


def _unit(row: Row, column: str = "unit") -> str:
    unit = row.get(column)
    if not isinstance(unit, str) or unit in _OF_PERSONS:
        return ""
    return _UNITS.get(unit, f" {unit.strip('{}')}")


def p_value(row: Row) -> str:
    """The p value with its relation.

    >>> p_value({"p": Decimal("0.001"), "p_relation": "<"})
    'p < 0.001'
    """
    if row.get("p") is None:
        return ""
    relation = row.get("p_relation")
    return f"p {relation if relation in ('=', '<', '>') else '≈'} {number(row['p'])}"


def typeset(words: str) -> str:
    """Numbers in words as they are set: with a minus, a percent sign beside its number, and a p value on one line.

    >>> typeset("risk difference -3.4 % (95% CI -6 to 1), p = 0.04")
    'risk difference −3.4% (95% CI −6 to 1), p\xa0=\xa00.04'
    """
    words = re.sub(r"(?<![\w.])-(?=\d)", "−", words)
    words = re.sub(r"(?<=\d) %", "%", words)
    return re.sub(r"\bp ([=<>≈]) (?=[\d.])", "p\u00a0\\1\u00a0", words)


def effect(row: Row) -> str:
    """The effect of a row of evidence: measure, value, interval and p; empty where none is told.

    >>> effect({"measure": "odds ratio", "value": 1.68, "ci_low": 0.97, "ci_high": 2.88})
    'odds ratio 1.68 (95% CI 0.97 to 2.88)'
    >>> effect({"measure": "p value only", "p": Decimal("0.04"), "p_relation": "="})
    'p = 0.04'
    """
    measure = str(row.get("measure") or row.get("measure_as_stated") or "")
    value, low, high = row.get("value"), row.get("ci_low"), row.get("ci_high")
    said = ""
    if value is not None:
        name = str(row.get("measure_as_stated") or "") if measure in ("other", "") else measure
        said = f"{name} {number(value)}{_unit(row)}".strip()
    elif measure and measure not in _WITHOUT_VALUE and low is not None:
        said = measure
    if low is not None and high is not None:
        said += f" (95% CI {number(low)} to {number(high)})"
    return ", ".join(filter(None, (said.strip(), p_value(row))))


def arms(row: Row) -> str:
    """What each arm had: how many of how many, or means.

    >>> arms({"events": 76, "total": 112, "comparator_events": 63, "comparator_total": 113})
    '76 of 112 against 63 of 113'
    """
    ours, theirs = _arm(row, ""), _arm(row, "comparator_")
    return f"{ours} against {theirs}" if ours and theirs else ours or (f"comparator {theirs}" if theirs else "")


def _arm(row: Row, side: str) -> str:
    events, total = row.get(f"{side}events"), row.get(f"{side}total")
    if events is not None:
        return f"{number(events)} of {number(total)}" if total is not None else number(events)
    for name in ("mean", "median"):
        if (value := row.get(f"{side}{name}")) is not None:
            spread = row.get(f"{side}sd") if name == "mean" else None
            text = f"{name} {number(value)}{_unit(row, 'arm_unit')}"
            return text + (f" (SD {number(spread)})" if spread is not None else "")
    return ""


def frequency(row: Row) -> str:
    """How often an unwanted event was seen: a share of one as so many of a hundred or more.

    >>> frequency({"frequency": Decimal("0.762"), "frequency_unit": "per patient"})
    '76.2 per 100 patients'
    >>> frequency({"frequency": Decimal("0.0036"), "frequency_unit": "per patient"})
    '3.6 per 1000 patients'
    >>> frequency({"frequency": Decimal("0.01"), "frequency_unit": "proportion of persons exposed"})
    '1% of persons exposed'
    >>> frequency({"frequency": Decimal("15.6"), "frequency_unit": "per 1000 persons exposed"})
    '15.6 per 1000 persons exposed'
    """
    if row.get("frequency") is None:
        return ""
    share, unit = Decimal(str(row["frequency"])), str(row.get("frequency_unit") or "")
    if unit.startswith("per ") and not unit[4].isdigit() and 0 < share < 1:
        among = next((most for most in (100, 1000, 10_000) if share * most >= 1), 100_000)
        return f"{number(share * among)} per {number(among)} {unit[4:]}s"
    if unit.startswith("proportion of "):
        return f"{number(share * 100)}% {unit.removeprefix('proportion ')}"
    return f"{number(share)}{'' if unit.startswith('%') else ' '}{unit}".strip()


_PHASES = {"load": 0, "course": 1, "maintenance": 2}


def regimen(rows: Iterable[Row]) -> str:
    """The phases of one arm, one after the other, as a prescriber writes them; empty where none has figures.

    :param rows: of `regimens`

    >>> load = {"phase": "load", "position": 1, "dose": "2 g/kg over 2 to 5 days", "courses": 1}
    >>> later = {"phase": "maintenance", "position": 2, "dose": "1 g/kg every 3 weeks", "courses": 7}
    >>> regimen([later, load])
    '2 g/kg over 2 to 5 days, then 1 g/kg every 3 weeks, 7 courses'
    """
    ordered = sorted(rows, key=lambda row: (_PHASES.get(str(row.get("phase")), 1), str(row.get("position"))))
    return ", then ".join(dict.fromkeys(filter(None, map(_phase, ordered))))


def _phase(row: Row) -> str:
    courses = row.get("courses")
    counted = f"{number(courses)} courses" if courses not in (None, 1) else ""
    return ", ".join(filter(None, (str(row.get("dose") or ""), counted)))


class Reference(NamedTuple):
    """A publication as a text names it.

    :param name: author and year, else the beginning of the title and the year
    :param title: its title; empty where none was seen
    :param href: where it can be read: PubMed, DOI, PMC, or the page on which it was; empty for nowhere
    :param where: which of them
    """

    name: str
    title: str
    href: str
    where: str
    pmid: str = ""
    doi: str = ""
    pmcid: str = ""
    authors: str = ""
    journal: str = ""
    year: str = ""
    retracted: bool = False


def reference(row: Row) -> Reference:
    """A row of publications as a reference."""
    pmid, doi, pmcid, page = (str(row.get(name) or "") for name in ("pmid", "doi", "pmcid", "page"))
    href, where = "", ""
    if pmid.isdigit():
        href, where = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", "PubMed"
    elif doi:
        href, where = f"https://doi.org/{quote(doi, safe='/')}", "DOI"
    elif pmcid:
        href, where = f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(pmcid)}/", "PMC"
    elif page.startswith(("https://", "http://")):
        href, where = page, "page"
    return Reference(
        name=_author_year(row),
        title=str(row.get("title") or ""),
        href=href,
        where=where,
        pmid=pmid,
        doi=doi,
        pmcid=pmcid,
        authors=str(row.get("authors") or ""),
        journal=str(row.get("journal") or ""),
        year=str(row.get("year") or ""),
        retracted=row.get("retracted") is True,
    )


def _author_year(row: Row) -> str:
    """How a text cites a publication.

    >>> _author_year({"authors": "van Alfen N, van Engelen BGM, Hughes RAC", "year": 2009})
    'van Alfen 2009'
    >>> _author_year({"title": "Intravenous immunoglobulin for Guillain-Barré syndrome", "year": 2012})
    'Intravenous immunoglobulin for… 2012'
    >>> _author_year({"journal": "Blood", "year": 2012, "page": "https://ashpublications.org/blood/article/119/22/5261"})
    'Blood 2012'
    """
    year = str(row.get("year") or "")
    authors = str(row.get("authors") or "")
    first = re.sub(r"\s+et al\.?.*$", "", re.split(r"[,;]", authors)[0]).strip()
    words = first.split()
    while len(words) > 1 and _INITIALS.match(words[-1]):
        words.pop()
    name = " ".join(words) if len(words) <= 4 else f"{' '.join(words[:4])}…"
    if not name:
        title = str(row.get("title") or "").split()
        name = " ".join(title[:3]) + ("…" if len(title) > 3 else "")
    if not name:
        name = str(row.get("journal") or row.get("pmcid") or row.get("doi") or "")
    if not name:
        site = urlsplit(str(row.get("page") or "")).hostname or "a page"
        name = f"PMID {row['pmid']}" if row.get("pmid") else site.removeprefix("www.")
    return f"{name} {year}".strip()


class Sign(NamedTuple):
    """How a direction or a verdict is marked: a class of colour, and a sign beside it.

    :param tone: good, equal, bad, harm, mixed or open
    :param sign: one character
    """

    tone: str
    sign: str


_SIGNS = (
    ("benefit", Sign("good", "+")),
    ("better", Sign("good", "+")),
    ("as good", Sign("equal", "=")),
    ("no different", Sign("equal", "=")),
    ("no benefit", Sign("bad", "−")),
    ("worse", Sign("harm", "×")),
    ("harm", Sign("harm", "×")),
    ("contested", Sign("mixed", "±")),
    ("mixed", Sign("mixed", "±")),
    ("conditional for", Sign("good", "+")),
    ("for", Sign("good", "+")),
    ("conditional against", Sign("bad", "−")),
    ("against", Sign("bad", "−")),
    ("not routinely", Sign("bad", "−")),
    ("true", Sign("good", "+")),
    ("false", Sign("bad", "−")),
)
OPEN = Sign("open", "?")


def sign_of(word: Value) -> Sign:
    """The mark of a direction, verdict or recommendation.

    >>> sign_of("as good as plasma exchange").sign, sign_of("no benefit shown").tone, sign_of("unproven").sign
    ('=', 'bad', '?')
    """
    text = str(word or "").lower()
    return next((sign for start, sign in _SIGNS if text.startswith(start)), OPEN)


STRENGTHS = ("very weak", "weak", "moderate", "strong")


def strength_rank(strength: Value) -> int:
    """0 for very weak or none, 3 for strong."""
    return STRENGTHS.index(str(strength)) if strength in STRENGTHS else 0
