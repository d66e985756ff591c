"""Whether the default engines make of the whole graph what the reference engines make of it: `make reference`.

The graph is built by both, which has to give one digest; and it is validated by both with one data triple in twenty
lost, which has to give the same violations. owlrl takes minutes.
usage: python benchmarks/build_reference.py
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.build.sources import read
from ivig.build.validation import Violation, violations
from ivig.graph_files import graph_files

FILES = graph_files(Path(__file__).parents[1])


def digest(folder: Path, *, reference: bool) -> str:
    """The digest of the graph by one pair of engines, its stages timed."""
    marks: list[tuple[str, float]] = []

    def mark(stage: str, share: float) -> None:
        if share == 0:
            marks.append((stage, time.perf_counter()))

    release = build(FILES, Releases(folder), mark, reference=reference)
    ends = [began for _, began in marks[1:]] + [time.perf_counter()]
    taken = "  ".join(f"{stage} {end - began:.1f} s" for (stage, began), end in zip(marks, ends, strict=True))
    print(f"{'reference' if reference else 'default':<10}{taken}\n{'':<10}digest {release.digest}", flush=True)
    return release.digest


def with_triples_lost(*, reference: bool) -> list[Violation]:
    """The violations by one engine where one data triple in twenty is lost."""
    sources = read(FILES)
    data = [*sources.ontology, *(triple for number, triple in enumerate(sources.data) if number % 20)]
    return violations(data, sources.shapes, sources.stands_in, reference=reference)


def main() -> int:
    """Print both sides; the exit code says whether they are the same."""
    with tempfile.TemporaryDirectory() as folder:
        # Nothing is known of an earlier build.
        os.environ["IVIG_CACHE"] = folder
        digests = {digest(Path(folder) / str(reference), reference=reference) for reference in (False, True)}
    default, reference = with_triples_lost(reference=False), with_triples_lost(reference=True)
    same = "the same" if default == reference else "NOT the same"
    print("digests the same" if len(digests) == 1 else "digests NOT the same")
    print(f"with triples lost {len(default)} and {len(reference)} violations, {same}")
    return int(len(digests) != 1 or default != reference)


if __name__ == "__main__":
    sys.exit(main())
