"""What the validator of KGX says of archives, run by the Python that tests/tools/install gave KGX.

It fetches the Biolink model from the network as it is loaded; here it gets the copy of the package biolink-model, whose
list of prefixes has our own added, since Biolink knows only those that are registered with it.

usage: kgx_check.py FORMAT ARCHIVE...     prints a line of JSON for each: nodes, edges, errors.
"""

from __future__ import annotations

import json
import logging
import sys
import tarfile
import tempfile
from pathlib import Path

import biolink_model
import bmt.toolkit

MODEL = Path(next(iter(biolink_model.__path__)))
bmt.toolkit.Toolkit.__init__.__defaults__ = (str(MODEL / "schema" / "biolink_model.yaml"), {"predicate mappings": []})

import kgx.config  # noqa: E402

KINDS = (
    "condition",
    "mechanism",
    "adverse-event",
    "product",
    "citation",
    "page",
    "passage.katz2018",
    "passage.droracle44269",
)

PREFIXES = json.loads((MODEL / "prefixmaps" / "biolink_model_prefix_map.json").read_text())
for name in ("biolink", "monarch_context", "obo_context"):
    kgx.config.jsonld_context_map[name] = PREFIXES | {
        f"IVIG.{kind}": f"https://w3id.org/ivig/{kind.replace('.', '/')}/" for kind in KINDS
    }

from kgx.transformer import Transformer  # noqa: E402
from kgx.utils.kgx_utils import GraphEntityType  # noqa: E402
from kgx.validator import Validator  # noqa: E402


def report(format_name: str, archive: str) -> dict[str, object]:
    """The numbers of nodes and edges that KGX reads, the statements on the edges, and every error it finds."""
    nodes: set[str] = set()
    statements: set[str] = set()
    edges = 0

    def count(kind: GraphEntityType, record: list[object]) -> None:
        nonlocal edges
        if kind == GraphEntityType.NODE:
            nodes.add(str(record[0]))
        else:
            edges += 1
            statements.add(record[-1]["statement"])

    validator = Validator(progress_monitor=count)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
        files = sorted(map(str, Path(folder).iterdir()), reverse=True)
        Transformer(stream=True).transform(
            {"filename": files, "format": format_name}, {"format": "null"}, inspector=validator
        )
    errors = {level: kinds for level, kinds in validator.get_errors().items() if kinds}
    return {"nodes": len(nodes), "edges": edges, "statements": len(statements), "errors": errors}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    for path in sys.argv[2:]:
        print(json.dumps(report(sys.argv[1], path), default=list))
