"""One run of pyrudof in a process of its own: two documents of N-Triples in, a validation report out.

A program, not a module to import: it holds Python's lock while it validates, keeps the memory that it took, and ends
the process where it panics. A process for each chunk of the data makes none of that the caller's.

On standard input, JSON: `data` and `shapes`. On standard output, JSON: `report`, or `error` with what was refused.
"""

from __future__ import annotations

import json
import sys

from pyrudof import RDFFormat, ReaderMode, ResultShaclValidationFormat, Rudof, RudofConfig, RudofError, ShaclFormat


def report(data: str, shapes: str) -> str:
    """The `sh:ValidationReport` on the data, as N-Triples.

    :param data: the data graph, as N-Triples
    :param shapes: the shapes graph, as N-Triples
    :raises RudofError: where the engine does not take the shapes
    """
    engine = Rudof(RudofConfig())
    engine.read_data(data, format=RDFFormat.NTriples, reader_mode=ReaderMode.Strict)
    engine.read_shacl(shapes, format=ShaclFormat.NTriples, reader_mode=ReaderMode.Strict)
    engine.validate_shacl()
    return engine.serialize_shacl_validation_results(format=ResultShaclValidationFormat.NTriples)


if __name__ == "__main__":
    try:
        answer = {"report": report(**json.load(sys.stdin))}
    except RudofError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)
