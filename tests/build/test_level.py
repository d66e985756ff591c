"""The level of each statement: by its study type, and by the designs that a review took in and whether there were controls."""

from __future__ import annotations

import pytest

from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.query import Graph
from small import SOURCE, efficacy, files_with

CASES = {
    "trial": ("randomized-controlled-trial", "", 2),
    "review-of-trials": ("systematic-review", "ivig:reviewedDesigns <reviewed-designs/randomized-only> ; ", 1),
    "mixed-review": (
        "systematic-review-with-meta-analysis",
        "ivig:reviewedDesigns <reviewed-designs/randomized-and-others> ; ",
        4,
    ),
    "review-without": ("systematic-review", "ivig:reviewedDesigns <reviewed-designs/none-randomized> ; ", 4),
    "review-untold": ("systematic-review", "ivig:reviewedDesigns <reviewed-designs/not-stated> ; ", None),
    "review-unread": ("systematic-review", "", None),
    "review-by-type": ("systematic-review-of-randomized-trials", "", 1),
    "narrative": ("narrative-review", "ivig:reviewedDesigns <reviewed-designs/randomized-only> ; ", None),
    "cohort": ("cohort-study", "", 3),
    "controlled-cohort": ("cohort-study", "ivig:controlled true ; ", 3),
    "cohort-alone": ("cohort-study", "ivig:controlled false ; ", 4),
    "registry-alone": ("registry-study", "ivig:controlled false ; ", 4),
    "crossover-trial": ("randomized-controlled-trial", "ivig:controlled false ; ", 2),
    "untold": ("not-stated", "", None),
}


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    folder = tmp_path_factory.mktemp("levels")
    statements = "".join(efficacy(name, "benefit", design, more=more) for name, (design, more, _) in CASES.items())
    files = files_with(folder, SOURCE + statements)
    graph = Graph(files, build(files, Releases(folder / "releases")))
    return {str(row["statement"]).rpartition("/")[2]: int(row["number"]) for row in graph.about("levels-of-statements")}


@pytest.mark.parametrize("name", CASES)
def test_the_level_of_a_statement(levels: dict[str, int], name: str) -> None:
    assert levels.get(name) == CASES[name][2]
