"""CSL-JSON, read and written.

Source of the format: https://docs.citationstyles.org/en/stable/specification.html and csl-data.json beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ivig.io.bibliographies.entry import Entry, in_note, place, without_empty, year_of
from ivig.io.bibliographies.names import ET_AL, parts, short_name
from ivig.io.bibliographies.publication import Publication
from ivig.model.problems import Problem, problems_of, shown

SIGN = re.compile(r"\A\s*[\[{]")

_RETRACTED = "retracted"
_OTHERS = "others"
"""The literal name by which pandoc and Better BibTeX say that there are more authors."""


class _Part(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)


class _Name(_Part):
    family: str = ""
    given: str = ""
    suffix: str = ""
    # Crossref has groups under "name", which the format does not know.
    literal: str = Field("", validation_alias=AliasChoices("literal", "name"))
    dropping_particle: str = Field("", alias="dropping-particle")
    non_dropping_particle: str = Field("", alias="non-dropping-particle")

    def text(self) -> str:
        family = f"{self.dropping_particle} {self.non_dropping_particle} {self.family}"
        return self.literal or short_name(family, self.given, self.suffix)


class _Date(_Part):
    # Crossref writes [[null]] where it knows no date.
    date_parts: list[list[str | None]] = Field([], alias="date-parts")
    raw: str = ""
    literal: str = ""

    @model_validator(mode="before")
    @classmethod
    def _as_text(cls, date: Any) -> Any:
        # Some programs write a date as plain text, which the next version of the format allows.
        return {"literal": date} if isinstance(date, str | int) else date

    def text(self) -> str:
        return next((part[0] or "" for part in self.date_parts if part), "") or self.raw or self.literal


class _Item(_Part):
    """An item, the fields that a publication has under its names."""

    id: str = ""
    title: str = ""
    author: list[_Name] = []
    issued: _Date | None = None
    note: str = ""
    status: str = ""
    journal: str = Field("", validation_alias=AliasChoices("container-title", "container-title-short"))
    volume: str = ""
    issue: str = ""
    pages: str = Field("", alias="page")
    pmid: str = Field("", alias="PMID")
    doi: str = Field("", alias="DOI")
    pmcid: str = Field("", alias="PMCID")
    address: str = Field("", alias="URL")


def read(text: str) -> Iterator[Entry | Problem]:
    """The entries of CSL-JSON, a list of items or a single one, and what is wrong with the file as such."""
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        yield Problem("", f"line {error.lineno}", "", "", "", f"well-formed JSON: {error.msg}")
        return
    except (ValueError, RecursionError) as error:
        yield Problem("", "", "", "", "", f"well-formed JSON: {error}")
        return
    for number, item in enumerate(items if isinstance(items, list) else [items], 1):
        if not isinstance(item, dict):
            yield Problem("", place(number), "", "", shown(item), "an item: an object with its title and so on")
            continue
        name = shown(str(item.get("id", "")))
        try:
            yield Entry(place(number), name, _fields(_Item.model_validate(item)))
        except ValidationError as error:
            yield from problems_of(error, place(number), name)


def written(publications: Iterable[tuple[str, Publication]]) -> str:
    """The publications, each with the name that it goes by in the file, as CSL-JSON."""
    items = [_item(name, publication) for name, publication in publications]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _fields(item: _Item) -> dict[str, object]:
    note = in_note(item.note)
    return {
        **item.model_dump(exclude={"id", "author", "issued", "note", "status"}),
        "authors": without_empty(name.text() for name in item.author),
        "year": year_of(item.issued.text()) if item.issued else None,
        "pmid": item.pmid or note.get("pmid", ""),
        "pmcid": item.pmcid or note.get("pmcid", ""),
        "retraction": "retracted" if item.status == _RETRACTED else "not checked",
    }


def _item(name: str, publication: Publication) -> dict[str, object]:
    item = {
        "id": name,
        "type": "article-journal" if publication.journal else "document",
        "title": publication.title,
        "author": [_written_name(name) for name in publication.authors],
        "container-title": publication.journal,
        "issued": {"date-parts": [[publication.year]]} if publication.year else None,
        "volume": publication.volume,
        "issue": publication.issue,
        "page": publication.pages,
        "PMID": publication.pmid,
        "DOI": publication.doi,
        "PMCID": publication.pmcid,
        "URL": publication.address,
        "status": _RETRACTED if publication.retraction == "retracted" else "",
    }
    return {name: value for name, value in item.items() if value}


def _written_name(name: str) -> dict[str, str]:
    found = parts(name)
    if found is None:
        return {"literal": _OTHERS if name == ET_AL else name}
    person = {"family": found.family, "given": found.initials, "suffix": found.suffix}
    return {part: value for part, value in person.items() if value}
