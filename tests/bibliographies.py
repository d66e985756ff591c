"""What the tests of every bibliography format share: one publication that each of them holds, and how to read what is wrong with a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivig.io.bibliographies import Publication, read_publications
from ivig.model.problems import BadRecords

PERICARDITIS = Publication(
    title="Efficacy of intravenous immunoglobulin in chronic idiopathic pericarditis: report of four cases",
    authors=("Peterlana D", "Puccetti A"),
    journal="Clin Rheumatol",
    year=2005,
    volume="24",
    issue="1",
    pages="18-21",
    pmid="15674654",
    doi="10.1007/s10067-004-0959-7",
)
"""The first record of each sample; a sample that writes it in another way changes its copy."""


def problems_in(path: Path, text: str) -> list[str]:
    """Write the text to the path and read it as a bibliography, which must fail: what is wrong, line by line."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRecords) as caught:
        read_publications(path)
    return [str(problem) for problem in caught.value.problems]
