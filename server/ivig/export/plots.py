"""Pictures as SVG: forest plots and the map of the evidence.

They are drawn here and not by a plotting library, because a mark has to be a link with a title for screen readers,
has to take the colours of the page that it stands in (light, dark or print) by its classes, and has to need no script.
Where a picture stands alone, its attributes give it the colours of the light page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from ivig.errors import BadInput
from ivig.query import Graph
from ivig.query.results import Value
from ivig.query.wording import STRENGTHS, Reference, Row, Sign, number, reference, sign_of, strength_rank

RATIOS = ("odds ratio", "risk ratio", "hazard ratio", "rate ratio")
DIFFERENCES = ("mean difference", "median difference", "risk difference", "standardized mean difference")

_INK, _QUIET, _LINE, _PAPER = "#1c2328", "#56636b", "#cfd7db", "#ffffff"
_TONES = {
    "good": "#0b5c96",
    "equal": "#0a6a66",
    "bad": "#a84300",
    "harm": "#8a1c5b",
    "mixed": "#7a5b00",
    "open": "#5b6870",
}
"""Told apart also by those who see no red or no green; each has its sign beside it."""
_SMALL = {"font-size": "11.5"}
_CENTRED = {"text-anchor": "middle"}
_BOLD = {"font-weight": "600"}
_FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

Href = Callable[[str], str]
"""Gives the address that the IRI of a thing has in the picture."""


def _svg(width: float, height: float, title: str, description: str) -> Element:
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "class": "plot",
            "role": "group",
            "aria-label": title,
            "font-family": _FONT,
            "font-size": "13",
        },
    )
    SubElement(root, "title").text = title
    SubElement(root, "desc").text = description
    SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": _PAPER, "class": "p-paper"})
    return root


def _text(parent: Element, x: float, y: float, words: str, kind: str = "ink", **more: str) -> Element:
    fill = {"ink": _INK, "quiet": _QUIET}.get(kind, _TONES.get(kind, _INK))
    found = SubElement(parent, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "fill": fill, "class": f"p-{kind}", **more})
    found.text = words
    return found


def _line(parent: Element, x1: float, y1: float, x2: float, y2: float, kind: str = "line", **more: str) -> None:
    stroke = {"line": _LINE, "ink": _INK}.get(kind, _TONES.get(kind, _LINE))
    place = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    SubElement(parent, "line", {**place, "stroke": stroke, "class": f"s-{kind}", **more})


def _linked(parent: Element, href: str) -> Element:
    return SubElement(parent, "a", {"href": href}) if href else SubElement(parent, "g")


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip(" ,;") + "…"


def svg_text(root: Element) -> str:
    """A picture as the text of a file or of a part of a page."""
    return tostring(root, encoding="unicode")


def png(svg: str, scale: float = 2) -> bytes:
    """A picture as pixels.

    :param svg: the picture, as text
    :param scale: how many pixels high and wide a unit of the picture is; what is behind the point is dropped
    :returns: a PNG file
    :raises BadInput: where the library that draws them is not installed
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise BadInput("PNG needs resvg-py: pip install resvg-py, or write SVG") from error
    return bytes(svg_to_bytes(svg_string=svg, zoom=int(scale)))


class Effect(NamedTuple):
    """One line of a forest plot.

    :param statement: the IRI of what tells of it
    :param label: the study, as a text cites it
    :param detail: what the measure is of, where the source says more of it; what was compared, in whom
    :param pooled: whether it is a pooled effect that was published as such
    """

    statement: str
    label: str
    detail: str
    value: float
    low: float | None
    high: float | None
    told: str
    sign: Sign
    pooled: bool


class Forest(NamedTuple):
    """Effects of one measure on one outcome, for one question.

    :param question: what was compared
    :param outcome: what was measured
    :param measure: one of `RATIOS` or `DIFFERENCES`
    :param unit: of the effects; empty for none
    :param effects: a line each
    """

    question: str
    outcome: str
    measure: str
    unit: str
    effects: list[Effect]

    @property
    def title(self) -> str:
        """What the plot shows."""
        return f"{self.outcome}: {self.measure}{f' ({self.unit})' if self.unit else ''}, {self.question}"

    @property
    def is_ratio(self) -> bool:
        """Whether no effect is at 1, and the axis logarithmic."""
        return self.measure in RATIOS

    @property
    def both_ways(self) -> bool:
        """Whether some ratios count an event and others its absence: the same direction lies on both sides of 1."""
        sides: dict[str, set[bool]] = {}
        for effect in self.effects:
            if self.is_ratio and effect.value != 1 and effect.sign.tone in ("good", "harm"):
                sides.setdefault(effect.sign.tone, set()).add(effect.value > 1)
        return any(len(side) > 1 for side in sides.values())


def forests(rows: Iterable[Row], references: dict[str, Reference], question: Callable[[Row], str]) -> list[Forest]:
    """What can be drawn of rows of evidence: each outcome with two or more effects of the same measure and unit.

    :param references: publications by IRI
    :param question: what a row was asked, in a few words; what answers different questions is not drawn together
    """
    grouped: dict[tuple[str, str, str, str], dict[str, Effect]] = {}
    for row in rows:
        measure, value = str(row.get("measure") or ""), row.get("value")
        if measure not in (*RATIOS, *DIFFERENCES) or value is None or row.get("outcome_label") is None:
            continue
        limits = (row.get("ci_low"), row.get("ci_high"))
        numbers = [None if each is None else float(str(each)) for each in (value, *limits)]
        if measure in RATIOS and any(each is not None and each <= 0 for each in numbers):
            continue
        cited = references.get(str(row.get("citation")))
        unit = "" if measure in RATIOS else str(row.get("unit") or "").strip("{}")
        key = (question(row), str(row["outcome_label"]), measure, unit)
        point, low, high = numbers
        assert point is not None
        interval = f" ({number(limits[0])} to {number(limits[1])})" if None not in limits else ""
        grouped.setdefault(key, {})[str(row["statement"])] = Effect(
            statement=str(row["statement"]),
            label=cited.name if cited else str(row.get("source_label") or "no publication"),
            detail=" · ".join(filter(None, (_of_what(row, measure), _compared(row), str(row.get("population") or "")))),
            value=point,
            low=low,
            high=high,
            told=number(value) + interval,
            sign=sign_of(row.get("direction")),
            pooled=row.get("reporting") == "pooled" or "review" in str(row.get("study_type_label")),
        )
    found = [Forest(*key, effects=list(effects.values())) for key, effects in grouped.items() if len(effects) > 1]
    return sorted(found, key=lambda forest: (-len(forest.effects), forest.title))


def _of_what(row: Row, measure: str) -> str:
    """What a source adds to the name of a measure: which event, which way round, which course or month."""
    more = re.sub(rf"^(?:(?:un)?adjusted |common )*{re.escape(measure)}", "", str(row.get("measure_as_stated") or ""))
    more = more.strip(" ,;:")
    return more[1:-1] if re.fullmatch(r"\([^()]*\)", more) else more


def _compared(row: Row) -> str:
    comparator = row.get("comparator")
    return f"against {comparator}" if comparator else str(row.get("comparison") or "")


_ROW, _LEFT, _MIDDLE, _RIGHT = 38, 300, 320, 200
_NARROW, _TALL = 350, 66
"""What fits a phone: the names and numbers stand above each interval."""
_LONGEST_HEAD = 28
_MOST_DECADES = 3
"""An interval that reaches further is cut, with an arrow."""


def forest_plot(forest: Forest, href: Href, narrow: bool = False) -> Element:
    """A forest plot: a line an effect, nothing pooled; logarithmic where it is of ratios.

    Pooled effects that were published as such are diamonds, drawn below the studies.

    :param forest: what is drawn
    :param href: gives the address that a line links to, from the IRI of its statement; empty for no link
    :param narrow: for a phone, with the names above the intervals
    :returns: the root of an SVG document
    """
    effects = sorted(forest.effects, key=lambda effect: effect.pooled)
    tall, left, middle = (_TALL, 0, _NARROW) if narrow else (_ROW, _LEFT, _MIDDLE)
    width, height = _NARROW if narrow else _LEFT + _MIDDLE + _RIGHT, 34 + tall * len(effects) + 52
    said = "; ".join(f"{effect.label}: {effect.told}" for effect in effects)
    root = _svg(width, height, f"Forest plot. {forest.title}", said)
    place, ticks, edges = _axis(forest, left + 14.0, left + middle - 14.0)
    top, bottom, right = 26, 34 + tall * len(effects), _LEFT + _MIDDLE + 12
    _text(root, 0, 16, "study", "quiet")
    head = forest.measure + (" (95% CI)" if any(effect.low is not None for effect in effects) else "")
    at_end = {"text-anchor": "end"}
    if narrow or len(head) > _LONGEST_HEAD:
        _text(root, width, 16, head, "quiet", **at_end)
    else:
        _text(root, right, 16, head, "quiet")
    for tick in ticks:
        _line(root, place(tick), top, place(tick), bottom)
        _text(root, place(tick), bottom + 16, number(tick), "quiet", **_CENTRED)
    same = place(1 if forest.is_ratio else 0)
    _line(root, same, top, same, bottom, "ink", **{"stroke-dasharray": "3 3"})
    for index, effect in enumerate(effects):
        y = 34 + tall * (index + 0.5)
        link = _linked(root, href(effect.statement))
        SubElement(link, "title").text = f"{effect.label}: {forest.measure} {effect.told}. {effect.detail}"
        whole = {"x": "0", "y": f"{y - tall / 2:.1f}", "width": f"{width}", "height": f"{tall}"}
        SubElement(link, "rect", {**whole, "fill": "transparent"})
        sign = {"font-weight": "700"}
        if narrow:
            # The lines of the axis do not run through the words.
            SubElement(link, "rect", {**whole, "height": "38", "fill": _PAPER, "class": "p-paper"})
            length = 44 - len(effect.told)
            _text(link, 0, y - 18, _shortened(effect.label, length), "ink", **_BOLD)
            _text(link, width, y - 18, f"{effect.sign.sign} {effect.told}", effect.sign.tone, **at_end)
            detail = f"pooled, as published · {effect.detail}" if effect.pooled else effect.detail
            _text(link, 0, y - 3, _shortened(detail, 56), "quiet", **_SMALL)
            _mark(link, effect, y + 18, place, edges)
            continue
        label = _shortened(effect.label, 40) + (" (pooled, as published)" if effect.pooled else "")
        _text(link, 0, y - 2, label, "ink", **_BOLD)
        _text(link, 0, y + 13, _shortened(effect.detail, 50), "quiet", **_SMALL)
        _mark(link, effect, y, place, edges)
        _text(link, right, y + 4, effect.sign.sign, effect.sign.tone, **sign)
        _text(link, right + 16, y + 4, effect.told, "ink")
    none = "1 = no difference; logarithmic" if forest.is_ratio else "0 = no difference"
    _text(root, left + middle / 2, bottom + 36, none, "quiet", **_CENTRED, **_SMALL)
    return root


def _mark(
    parent: Element, effect: Effect, y: float, place: Callable[[float], float], edges: tuple[float, float]
) -> None:
    """A point with its interval; an arrow where the interval goes on, a ring where none was told."""
    tone, fill = effect.sign.tone, _TONES[effect.sign.tone]
    left, right = edges
    x = min(max(place(effect.value), left), right)
    if effect.low is not None and effect.high is not None:
        low, high = place(effect.low), place(effect.high)
        _line(parent, max(low, left), y, min(high, right), y, tone, **{"stroke-width": "2"})
        for end, edge, way in ((low, left, -1), (high, right, 1)):
            if (end - edge) * way > 0:
                points = f"{edge:.1f},{y - 5:.1f} {edge + 7 * way:.1f},{y:.1f} {edge:.1f},{y + 5:.1f}"
                SubElement(parent, "polygon", {"points": points, "fill": fill, "class": f"f-{tone}"})
    if effect.pooled:
        points = f"{x - 8:.1f},{y:.1f} {x:.1f},{y - 6:.1f} {x + 8:.1f},{y:.1f} {x:.1f},{y + 6:.1f}"
        SubElement(parent, "polygon", {"points": points, "fill": fill, "class": f"f-{tone}"})
    elif effect.low is None:
        ring = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4.5", "fill": _PAPER, "stroke": fill, "stroke-width": "2"}
        SubElement(parent, "circle", {**ring, "class": f"s-{tone} p-paper"})
    else:
        square = {"x": f"{x - 4.5:.1f}", "y": f"{y - 4.5:.1f}", "width": "9", "height": "9", "fill": fill}
        SubElement(parent, "rect", {**square, "class": f"f-{tone}"})


def _axis(
    forest: Forest, left: float, right: float
) -> tuple[Callable[[float], float], list[float], tuple[float, float]]:
    """Where a value stands, the ticks, and the ends of the axis."""
    values = [each for e in forest.effects for each in (e.value, e.low, e.high) if each is not None]
    if forest.is_ratio:
        points = [math.log10(e.value) for e in forest.effects] + [0.0]
        least = max(min(map(math.log10, values)), min(points) - _MOST_DECADES / 2)
        most = min(max(map(math.log10, values)), max(points) + _MOST_DECADES / 2)
        least, most = min(least, -0.3) - 0.05, max(most, 0.3) + 0.05

        def ratio_place(value: float) -> float:
            return left + (math.log10(value) - least) / (most - least) * (right - left)

        candidates = [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000]
        ticks = [tick for tick in candidates if least <= math.log10(tick) <= most]
        if len(ticks) > 7:
            ticks = [tick for tick in ticks if math.log10(tick).is_integer()]
        return ratio_place, ticks, (left, right)
    least, most = min(*values, 0.0), max(*values, 0.0)
    margin = (most - least or 1) * 0.06
    least, most = least - margin, most + margin

    def place(value: float) -> float:
        return left + (value - least) / (most - least) * (right - left)

    step = 10 ** math.floor(math.log10((most - least) / 4))
    step = next(step * factor for factor in (1, 2, 5, 10) if (most - least) / (step * factor) <= 6)
    ticks = [round(step * index, 10) for index in range(math.ceil(least / step), math.floor(most / step) + 1)]
    return place, ticks, (left, right)


class Mark(NamedTuple):
    """One condition on the map of the evidence.

    :param condition: its IRI
    :param label: what it is called
    :param row: the field of medicine that it stands in
    :param verdict: its word, such as `benefit`
    :param strength: of the verdict; empty for none
    :param participants: the most in one statement on it
    """

    condition: str
    label: str
    row: str
    verdict: str
    strength: str
    participants: int


_VERDICTS = (
    ("benefit", sign_of("benefit")),
    ("as good as another", sign_of("as good")),
    ("contested or mixed", sign_of("contested")),
    ("not proven", sign_of("unproven")),
    ("no benefit shown", sign_of("no benefit")),
    ("harm, or worse", sign_of("harm")),
)
"""The columns of the map, each with its mark."""
_COLUMN, _HEAD, _NAMES, _STEP, _PER_LINE = 172, 56, 236, 32, 5

_LARGEST = 13.0


_ORDERS: dict[str, Callable[[Mark], tuple[int, ...]]] = {
    "strength": lambda mark: (-strength_rank(mark.strength), -mark.participants),
    "participants": lambda mark: (-mark.participants,),
    "name": lambda mark: (),
}


def evidence_map(
    marks: Sequence[Mark], href: Href, title: str = "Map of the evidence on immunoglobulin", order: str = "strength"
) -> Element:
    """Fields of medicine against verdicts: a mark a condition, larger with more participants, paler where it is weak.

    The sign in a mark and its column say what its colour says.

    :param marks: in any order
    :param href: gives the address that a mark links to, from the IRI of its condition; empty for no link
    :param title: of the picture, for who cannot see it
    :param order: of the marks of one verdict and field: strength, participants or name
    :returns: the root of an SVG document
    """
    rows = sorted({mark.row for mark in marks})
    cells: dict[tuple[str, str], list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: (_ORDERS[order](mark), mark.label.casefold())):
        cells.setdefault((mark.row, sign_of(mark.verdict).tone), []).append(mark)
    fullest = {row: max(len(cells.get((row, sign.tone), ())) for _, sign in _VERDICTS) for row in rows}
    heights = {row: max(1, math.ceil(fullest[row] / _PER_LINE)) * _STEP + 12 for row in rows}
    totals = {tone: sum(len(cells.get((row, tone), ())) for row in rows) for tone in _TONES}
    width, height = _NAMES + _COLUMN * len(_VERDICTS), _HEAD + sum(heights.values()) + 46
    counts = ", ".join(f"{name}: {totals[sign.tone]}" for name, sign in _VERDICTS)
    root = _svg(width, height, title, f"Conditions by verdict. {counts}.")
    for index, (name, sign) in enumerate(_VERDICTS):
        x = _NAMES + _COLUMN * index
        total = totals[sign.tone]
        _text(root, x + 8, 22, f"{sign.sign} {name}", sign.tone, **{"font-weight": "600", "font-size": "12"})
        _text(root, x + 8, 40, f"{total} condition{'' if total == 1 else 's'}", "quiet", **_SMALL)
        _line(root, x, 8, x, height - 46)
    y = float(_HEAD)
    for row in rows:
        _line(root, 0, y, width, y)
        _text(root, 2, y + 24, row, "ink", **{"font-size": "12"})
        for index, (_, sign) in enumerate(_VERDICTS):
            for at, mark in enumerate(cells.get((row, sign.tone), ())):
                cx = _NAMES + _COLUMN * index + 8 + _STEP * (at % _PER_LINE + 0.5)
                _map_mark(root, mark, cx, y + 6 + _STEP * (at // _PER_LINE + 0.5), href)
        y += heights[row]
    _line(root, 0, y, width, y)
    _legend(root, y + 26)
    return root


def _radius(participants: int) -> float:
    """Area by participants, so that ten times as many are not ten times as wide; capped."""
    return min(_LARGEST, 6 + math.sqrt(max(participants, 0)) / 4.5)


_OPACITY = (0.16, 0.38, 0.7, 1.0)


def _map_mark(root: Element, mark: Mark, cx: float, cy: float, href: Href) -> None:
    sign, rank = sign_of(mark.verdict), strength_rank(mark.strength)
    said = f"{mark.label}: {mark.verdict}{f' ({mark.strength})' if mark.strength else ''}"
    size = f", {number(mark.participants)} participants in the largest study" if mark.participants else ""
    link = _linked(root, href(mark.condition))
    link.set("aria-label", said)
    SubElement(link, "title").text = said + size
    place = {"cx": f"{cx:.1f}", "cy": f"{cy:.1f}"}
    # It can be hit however small the mark is.
    SubElement(link, "circle", {**place, "r": "15", "fill": "transparent"})
    _dot(link, place, _radius(mark.participants), sign.tone, rank)
    kind = {"class": f"p-{sign.tone}", "fill": _TONES[sign.tone]} if rank < 2 else {"class": "p-on", "fill": _PAPER}
    middle = {"x": f"{cx:.1f}", "y": f"{cy + 4.2:.1f}", "text-anchor": "middle", "aria-hidden": "true"}
    SubElement(link, "text", {**middle, "font-size": "12", "font-weight": "700", **kind}).text = sign.sign


def _dot(parent: Element, place: dict[str, str], radius: float, tone: str, rank: int) -> None:
    line = {"stroke": _TONES[tone], "stroke-width": "1.5", "class": f"f-{tone} s-{tone}"}
    fill = {"fill": _TONES[tone], "fill-opacity": f"{_OPACITY[rank]:g}"}
    SubElement(parent, "circle", {**place, "r": f"{radius:.1f}", **line, **fill})


def _legend(root: Element, y: float) -> None:
    _text(root, 0, y + 4, "strength", "quiet", **_SMALL)
    for rank, name in enumerate(STRENGTHS):
        x = 70.0 + rank * 108
        _dot(root, {"cx": f"{x}", "cy": f"{y}"}, 8, "good", rank)
        _text(root, x + 14, y + 4, name, "quiet", **_SMALL)
    _text(root, 540, y + 4, "participants of the largest study", "quiet", **_SMALL)
    x = 750.0
    for persons in (10, 200, 1000):
        radius = _radius(persons)
        ring = {"fill": "none", "stroke": _QUIET, "class": "s-quiet"}
        SubElement(root, "circle", {"cx": f"{x:.1f}", "cy": f"{y}", "r": f"{radius:.1f}", **ring})
        _text(root, x + radius + 5, y + 4, number(persons) + (" or more" if persons == 1000 else ""), "quiet", **_SMALL)
        x += radius + 62


def marks_of(graph: Graph) -> list[Mark]:
    """The conditions of a graph with their verdicts, for its map: of several intents the treatment, else the first."""
    groups = {row["condition"]: str(row["group_label"]) for row in graph.query("conditions")}
    best: dict[Value, Mark] = {}
    for row in sorted(graph.query("evidence-summary"), key=lambda row: row["intent"] != "treat"):
        best.setdefault(
            row["condition"],
            Mark(
                condition=str(row["condition"]),
                label=str(row["condition_label"]),
                row=groups.get(row["condition"], "not grouped"),
                verdict=str(row["verdict"]),
                strength=str(row["strength"] or ""),
                participants=int(str(row["participants_max"] or 0)),
            ),
        )
    return list(best.values())


def forests_of(graph: Graph, condition: str) -> list[Forest]:
    """The forest plots that can be drawn for one condition, the fullest first.

    :param graph: the one that is asked
    :param condition: a label, a synonym, a CURIE or an IRI
    :raises UnknownName: for a name that means nothing, with the nearest
    :raises AmbiguousName: for one that means several conditions
    """
    rows = graph.query("evidence-for-condition", condition=condition)
    cited = sorted({str(row["citation"]) for row in rows if row["citation"]})
    references = {
        str(row["citation"]): reference(row) for row in (graph.about("publications", *cited) if cited else ())
    }
    return forests(rows, references, asked)


QUESTIONS = {
    "inert": "against nothing",
    "usual care": "against nothing",
    "IVIG added": "against nothing",
    "withdrawal": "against nothing",
    "active": "against other treatment",
    "combination": "added to an alternative",
    "dose or schedule": "by dose and schedule",
    "route or product": "by route and product",
    "added to IVIG": "what was added to immunoglobulin",
    "package": "within a package of treatments",
    "uncontrolled": "without a comparison",
}
"""Sort of comparison to what was asked by it."""


def asked(row: Row) -> str:
    """What a row of evidence answers, in a few words; for an active comparator with its name."""
    question = QUESTIONS.get(str(row.get("comparison")), "comparison not stated")
    return f"against {row['comparator']}" if row.get("comparison") == "active" and row.get("comparator") else question


_RANDOMIZED = ("randomized", "meta-analysis", "systematic review")


def timeline(rows: Iterable[Row], narrow: bool = False) -> Element:
    """How many statements rest on publications of each year: those of trials and reviews below, all others above.

    :param rows: of `evidence-over-time`
    :param narrow: for a phone
    """
    years: dict[int, list[int]] = {}
    for row in rows:
        strong = any(word in str(row["study_type_label"]) for word in _RANDOMIZED)
        years.setdefault(int(str(row["year"])), [0, 0])[0 if strong else 1] += int(str(row["statements"]))
    first, last, most = min(years), max(years), max(map(sum, years.values()))
    width, height, bottom = _NARROW if narrow else 760, 176 if narrow else 156, 116
    step = min(26.0, (width - 24) / (last - first + 1))
    root = _svg(width, height, "Evidence over time", f"Statements by year of publication, {first} to {last}.")
    _line(root, 0, bottom, 16 + step * (last - first + 1), bottom)
    for year in range(first, last + 1):
        x = 8 + step * (year - first)
        top = float(bottom)
        of_trials, other = years.get(year, [0, 0])
        group = SubElement(root, "g") if year in years else root
        if year in years and not narrow:
            SubElement(group, "title").text = f"{year}: {of_trials} of trials and reviews, {other} of other designs"
        for count, tone in ((of_trials, "good"), (other, "open")):
            tall = count / most * 88
            top -= tall
            bar = {"x": f"{x:.1f}", "y": f"{top:.1f}", "width": f"{max(step - 3, 2):.1f}", "height": f"{tall:.1f}"}
            if count:
                SubElement(group, "rect", {**bar, "fill": _TONES[tone], "class": f"f-{tone}"})
        if of_trials + other and step > 15:
            both = str(of_trials + other)
            _text(root, x + (step - 3) / 2, top - 4, both, "quiet", **_SMALL, **_CENTRED)
        if year in (first, last) or (year % 5 == 0 and year - first > 2 and last - year > 2):
            at = max(x + step / 2, 15)
            _text(root, at, bottom + 15, str(year), "quiet", **_SMALL, **_CENTRED)
    legend = ((8, 142, "good", "randomized trials and systematic reviews"), (290, 142, "open", "other designs"))
    for x, y, tone, name in (legend[0], (8, 162, *legend[1][2:])) if narrow else legend:
        box = {"x": f"{x}", "y": f"{y}", "width": "10", "height": "10", "fill": _TONES[tone], "class": f"f-{tone}"}
        SubElement(root, "rect", box)
        _text(root, x + 16, y + 9, name, "quiet", **_SMALL)
    return root


class Bar(NamedTuple):
    """A bar: how often a word is said.

    :param word: what is counted
    :param times: how often
    :param href: the address that the bar links to; empty for no link
    """

    word: str
    times: int
    href: str = ""


def bars(found: Sequence[Bar], title: str) -> Element:
    """How often each word is said: a bar each, with its sign and its count.

    :param found: in the order of the picture
    :param title: of the picture, for who cannot see it
    :returns: the root of an SVG document
    """
    most, step = max(bar.times for bar in found), 24
    said = "; ".join(f"{bar.word}: {bar.times}" for bar in found)
    root = _svg(476, step * len(found) + 4, title, said)
    # The column of words is as wide as the longest of them, by what a bold letter takes.
    start = min(290.0, 36 + 7.6 * max(len(bar.word) for bar in found))
    for index, bar in enumerate(found):
        y, sign = 2.0 + step * index, sign_of(bar.word)
        link = _linked(root, bar.href)
        words = f"{sign.sign} {_shortened(bar.word, 36)}"
        # The name of the link is what is read: a word, and after a space its count.
        SubElement(link, "rect", {"y": f"{y}", "width": "476", "height": f"{step}", "fill": "transparent"})
        _text(link, start - 10, y + 16.5, words + " ", sign.tone, **{"font-weight": "600", "text-anchor": "end"})
        wide = max(3.0, bar.times / most * 130)
        box = {"x": f"{start:g}", "y": f"{y + 4}", "width": f"{wide:.1f}", "height": f"{step - 8}", "rx": "2"}
        SubElement(link, "rect", {**box, "fill": _TONES[sign.tone], "class": f"f-{sign.tone}"})
        _text(link, start + wide + 8, y + 16.5, number(bar.times), "ink")
    return root


class Tie(NamedTuple):
    """What statements say of a thing and a neighbour of it.

    :param neighbour: its IRI
    :param label: what it is called
    :param kind: what it is, such as `mechanism`
    :param relation: what the statements say, such as `for`
    :param lines: how many evidence lines say so
    """

    neighbour: str
    label: str
    kind: str
    relation: str
    lines: int


_KINDS = {"condition": "good", "mechanism": "equal", "outcome": "open", "adverse event": "harm", "body": "mixed"}
"""Kinds of things in the order of a network, each with its colour; each has a shape of its own besides."""
_TIE_STEP, _SIDE, _NETWORK = 27, 190, 1040
_WIDEST = 12


def network(label: str, ties: Sequence[Tie], href: Href) -> Element:
    """The things around one thing: a line for what is said, wider with more evidence lines, with its sign at its end.

    :param label: what the thing in the middle is called
    :param ties: what is said of it and its neighbours
    :param href: gives the address that a neighbour links to, from its IRI; empty for no link
    :returns: the root of an SVG document
    """
    grouped: dict[str, list[Tie]] = {}
    for tie in sorted(ties, key=lambda tie: list(_KINDS).index(tie.kind) if tie.kind in _KINDS else len(_KINDS)):
        grouped.setdefault(tie.neighbour, []).append(tie)
    half = math.ceil(len(grouped) / 2)
    height = max(half, 3) * _TIE_STEP + 70
    said = "; ".join(f"{tie.label}: {tie.relation} ({tie.lines})" for tie in ties)
    root = _svg(_NETWORK, height, f"Network around {label}", said)
    middle_x, middle_y = _NETWORK / 2, (height - 34) / 2 + 4
    over: list[tuple[list[Tie], float, float, int]] = []
    for index, mine in enumerate(grouped.values()):
        way = 1 if index < half else -1
        place, count = (index, half) if way > 0 else (index - half, len(grouped) - half)
        x, y = middle_x + way * _SIDE, middle_y + (place - (count - 1) / 2) * _TIE_STEP
        over.append((mine, x, y, way))
        for number_of, tie in enumerate(mine):
            tone, end = sign_of(tie.relation).tone, y + (number_of - (len(mine) - 1) / 2) * 5
            bend = f"C{middle_x + way * 90:.0f},{end:.1f} {x - way * 70:.0f},{end:.1f} {x:.0f},{end:.1f}"
            line = {"d": f"M{middle_x:.0f},{middle_y:.1f} {bend}", "fill": "none", "stroke": _TONES[tone]}
            wide = 1.5 + min(tie.lines, _WIDEST) / _WIDEST * 6
            SubElement(root, "path", {**line, "stroke-width": f"{wide:.1f}", "class": f"s-{tone}"})
    for mine, x, y, way in over:
        _neighbour(root, mine, x, y, way, href)
    SubElement(root, "circle", {"cx": f"{middle_x}", "cy": f"{middle_y}", "r": "12", "fill": _INK, "class": "p-ink"})
    half_name = len(_shortened(label, 44)) * 4.1 + 8
    box = {"x": f"{middle_x - half_name:.0f}", "y": f"{middle_y - 40:.0f}", "width": f"{2 * half_name:.0f}"}
    SubElement(root, "rect", {**box, "height": "22", "rx": "4", "fill": _PAPER, "class": "p-paper"})
    middle = {"text-anchor": "middle", "font-weight": "700", "font-size": "14"}
    _text(root, middle_x, middle_y - 24, _shortened(label, 44), "ink", **middle)
    kinds = [kind for kind in _KINDS if any(tie.kind == kind for tie in ties)]
    for index, kind in enumerate(kinds):
        _shape(root, 12 + 130 * index, height - 16, kind)
        _text(root, 26 + 130 * index, height - 12, kind, "quiet", **_SMALL)
    return root


def _neighbour(root: Element, ties: Sequence[Tie], x: float, y: float, way: int, href: Href) -> None:
    """A neighbour with its name, and the sign of each line that ends at it."""
    first = ties[0]
    link = _linked(root, href(first.neighbour))
    said = ", ".join(f"{tie.relation} ({tie.lines})" for tie in ties)
    link.set("aria-label", f"{first.label}: {said}")
    SubElement(link, "title").text = f"{first.label}: {said}"
    wide = _NETWORK / 2 - _SIDE
    box = {"x": f"{x if way > 0 else x - wide:.0f}", "y": f"{y - _TIE_STEP / 2:.1f}", "height": f"{_TIE_STEP}"}
    SubElement(link, "rect", {**box, "width": f"{wide:.0f}", "fill": "transparent"})
    _shape(link, x + way * 4, y, first.kind)
    anchor = {"text-anchor": "start" if way > 0 else "end"}
    words = _text(link, x + way * 18, y + 4.5, "", "ink", **anchor)
    signs = list(dict.fromkeys((sign_of(tie.relation).sign, sign_of(tie.relation).tone) for tie in ties))
    name = SubElement(words, "tspan")
    name.text = _shortened(first.label, 36)
    for sign, tone in signs:
        mark = SubElement(words, "tspan", {"fill": _TONES[tone], "class": f"p-{tone}", "font-weight": "700", "dx": "5"})
        mark.text = sign


def _shape(parent: Element, x: float, y: float, kind: str) -> None:
    tone = _KINDS.get(kind, "open")
    look = {"fill": _TONES[tone], "class": f"f-{tone}"}
    corners = {
        "mechanism": ((0, -8), (8, 0), (0, 8), (-8, 0)),
        "body": ((-6.5, -6.5), (6.5, -6.5), (6.5, 6.5), (-6.5, 6.5)),
        "outcome": ((0, -7.5), (8, 6.5), (-8, 6.5)),
        "adverse event": ((-3, -7), (3, -7), (7, -3), (7, 3), (3, 7), (-3, 7), (-7, 3), (-7, -3)),
    }.get(kind)
    if corners is None:
        SubElement(parent, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "7", **look})
    else:
        points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
        SubElement(parent, "polygon", {"points": points, **look})
