"""One condition, and what the graph says of it."""

from __future__ import annotations

from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from ivig.errors import AmbiguousName

if TYPE_CHECKING:
    from ivig.query.graph import Answer, Graph

_SHOWN = (
    *("intent", "verdict", "strength", "reason"),
    *("versus_active", "bodies_for", "bodies_against", "licensed"),
)


class Condition:
    """What the graph says of one condition. Each answer is asked for when it is first wanted, and kept.

    >>> import ivig
    >>> gbs = ivig.open().condition("Guillain Barre")
    >>> gbs.label, gbs.took
    ('Guillain-Barré syndrome', ['took Guillain-Barré syndrome for "Guillain Barre"'])
    >>> len(gbs.recommendations) > 5
    True
    """

    def __init__(self, graph: Graph, name: str) -> None:
        """
        :param graph: the graph that is asked
        :param name: a label, a synonym, a CURIE or an IRI of one condition
        :raises UnknownName: with the nearest
        :raises AmbiguousName: for a name that means several conditions, with all of them
        """
        things = graph.names.things(name, "Condition")
        if len(things) > 1:
            raise AmbiguousName("condition", name, [graph.names.label(iri) for iri in things])
        self._graph = graph
        (self.iri,) = things
        self.label = graph.names.label(self.iri)
        taken = graph.names.took(name, "Condition")
        self.took = [f'took {taken} for "{name}"'] if taken else []

    @cached_property
    def verdicts(self) -> Answer:
        """The verdict for each intent (treat, prevent, replace), with its strength and reason, as `evidence-summary`
        has them."""
        return self._asked("evidence-summary")

    @property
    def verdict(self) -> str | None:
        """The verdict of treating; of what else was judged, where treating was not; None where nothing was."""
        return self._told("verdict")

    @property
    def strength(self) -> str | None:
        """How strong that verdict is: strong, moderate, weak or very weak."""
        return self._told("strength")

    @property
    def sentence(self) -> str | None:
        """That verdict in a sentence, with what it rests on."""
        return self._told("reason")

    @cached_property
    def basis(self) -> Answer:
        """The statements that each verdict rests on, and why others do not count."""
        return self._asked("verdict-basis")

    @cached_property
    def evidence(self) -> Answer:
        """What was found, the strongest study first; on narrower conditions too."""
        return self._asked("evidence-for-condition")

    @cached_property
    def recommendations(self) -> Answer:
        """What bodies recommend, the newest first."""
        return self._asked("recommendations")

    @cached_property
    def licences(self) -> Answer:
        """Where and for whom it is licensed."""
        return self._asked("regulatory-status")

    @cached_property
    def harms(self) -> Answer:
        """The adverse events that are told of in this condition."""
        return self._asked("adverse-events")

    @cached_property
    def regimens(self) -> Answer:
        """How it was given."""
        return self._asked("regimens")

    @cached_property
    def mechanisms(self) -> Answer:
        """The mechanisms that were looked at, and whether they were found."""
        return self._asked("mechanisms-for-condition")

    def _told(self, column: str) -> str | None:
        row = next((row for row in self.verdicts if row["intent"] == "treat"), next(iter(self.verdicts), {}))
        value = row.get(column)
        return None if value is None else str(value)

    def _asked(self, query: str) -> Answer:
        return self._graph.query(query, condition=self.iri)

    def __repr__(self) -> str:
        return f"<Condition {self.label}: {self.verdict or 'nothing was judged'}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the verdicts at a glance."""
        lines = [f'<h3><a href="{escape(self.iri)}">{escape(self.label)}</a></h3>']
        for row in self.verdicts:
            told = [(name.replace("_", " "), str(row[name])) for name in _SHOWN if row.get(name) not in (None, "")]
            points = "".join(f"<li>{escape(name)}: {escape(value)}</li>" for name, value in told)
            lines.append(f"<ul>{points}</ul>")
        return "".join(lines)
