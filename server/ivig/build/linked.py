"""The ontologies that a user has linked: kept beside the releases, in `linked/`, for every build to take up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from ivig.errors import NotThere
from ivig.io.atomic import finished_file
from ivig.io.ontologies.ontology import OntologyTerm, OutsideOntology


class LinkedOntologies(NamedTuple):
    """The linked ontologies of one folder of releases."""

    releases: Path

    @property
    def folder(self) -> Path:
        """Where they are kept, beside the releases."""
        return self.releases / "linked"

    def names(self) -> list[str]:
        """Their short names, sorted."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def read(self) -> list[OutsideOntology]:
        """All of them.

        :raises NotThere: where one can no longer be read
        """
        return [self._read(name) for name in self.names()]

    def keep(self, ontologies: Iterable[OutsideOntology]) -> None:
        """Have these and no others from now on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = set()
        for ontology in ontologies:
            kept.add(ontology.name)
            path = self.folder / f"{ontology.name}.json"
            with finished_file(path) as draft:
                draft.write_text(json.dumps(asdict(ontology), ensure_ascii=False), encoding="utf-8")
        for name in set(self.names()) - kept:
            (self.folder / f"{name}.json").unlink(missing_ok=True)

    def _read(self, name: str) -> OutsideOntology:
        try:
            told = json.loads((self.folder / f"{name}.json").read_bytes())
            terms = {iri: OntologyTerm(**term) for iri, term in told.pop("terms").items()}
            return OutsideOntology(**told, terms=terms)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotThere(
                f"the linked ontology {name} cannot be read; link it again, or `ivig link --remove`"
            ) from error
