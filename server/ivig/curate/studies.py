"""One study for all publications that report it, however many records cite them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyoxigraph import NamedNode, Triple

from ivig.curate.citations import Citation
from ivig.curate.naming import acronym, registration, study_label, study_path
from ivig.curate.triples import Thing
from ivig.namespaces import BASE, TERMS

_FOLDER = BASE + "study/"


class Studies:
    """The studies known so far, and those that records bring along."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        """
        :param triples: the graph, in which studies may have had other IRIs
        """
        self._taken: set[str] = set()
        self._of: dict[str, str] = {}
        for triple in triples:
            if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(_FOLDER):
                self._taken.add(triple.subject.value.removeprefix(BASE))
                if triple.predicate.value == TERMS + "publication" and isinstance(triple.object, NamedNode):
                    self._of[triple.object.value] = triple.subject.value

    def of(self, citation: Citation, condition: str, told: str, is_no_trial: Callable[[str], bool]) -> Thing:
        """The study that a publication reports: one that is known by it or by its registration, or a new one.

        :param condition: the label of what it is in
        :param told: what the record tells of it, which may have its registration
        :param is_no_trial: whether an acronym is that of something else
        """
        fields = citation.fields
        cited = BASE + citation.path()
        title = str(fields.get("title", ""))
        number, short = registration(f"{title} {told}"), acronym(title)
        names = [name for name in (number, short) if name and not is_no_trial(name)]
        path = f"study/{number.lower()}"
        same = BASE + path if number and path in self._taken else None
        known = self._of.get(cited) or same
        study = Thing(known.removeprefix(BASE) if known else study_path(names, fields, self._taken), "Study")
        study.label(study_label(names, fields, condition))
        study.link("publication", cited)
        if known and cited not in self._of:
            study.say("skos:note", f"All of its publications are told to be of {number}.")
        self._taken.add(study.iri.removeprefix(BASE))
        self._of[cited] = study.iri
        return study
