"""Apache Jena's opinion on our graphs and files, as tools/JenaReports.java gives it in one run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

PROGRAM = Path(__file__).parent / "tools" / "JenaReports.java"
JARS = Path("/usr/share/java")
SECONDS = 120


class JenaMissing(Exception):
    """No Jena or no Java compiler on this machine."""


class Finding(NamedTuple):
    """One result of a validation report: the IRIs of focus node and constraint component, and the path.

    path: an IRI, "a path" where it is more than one property, empty on a node shape.
    """

    focus: str
    component: str
    path: str


@dataclass
class Opinion:
    """What Jena says.

    findings: the results of validation, by name of the graph; refusals: by file, empty where it parses.
    """

    findings: dict[str, list[Finding]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)


def opinion(
    base: Iterable[Path],
    shapes: Iterable[Path],
    graphs: Mapping[str, Iterable[Path]],
    files: Iterable[Path],
    workplace: Path,
) -> Opinion:
    """What Jena says on every graph and every file.

    base: files that belong to each graph; graphs: further files of each, by name; files: RDF to parse by its suffix, where a
    warning counts as an error; workplace: an empty folder to use.
    Raises JenaMissing, and CalledProcessError where Java fails; its stderr then stands among the notes.
    """
    lines = [
        *(f"base\t{path}" for path in base),
        *(f"shapes\t{path}" for path in shapes),
        *("\t".join(["graph", name, *map(str, paths)]) for name, paths in graphs.items()),
        *(f"parse\t{path}" for path in files),
    ]
    return _read(_run("\n".join(lines), workplace))


def _run(jobs: str, workplace: Path) -> str:
    if not shutil.which("javac") or not (JARS / "jena-shacl.jar").exists():
        raise JenaMissing("the tests need Apache Jena and a Java compiler: run tests/tools/install")
    command = ["java", "-cp", class_path(workplace), str(PROGRAM)]
    try:
        return subprocess.run(
            command, input=jobs, capture_output=True, check=True, encoding="utf-8", timeout=SECONDS
        ).stdout
    except subprocess.CalledProcessError as error:
        error.add_note(error.stderr)
        raise


def class_path(workplace: Path) -> str:
    """Everything that Debian installed, after what has to be found first.

    Debian's Jena looks for the messages of its Xerces in another folder than its jar has them in, and does not start
    without them. Of several loggers Java takes the first one; two of log4j's would wait for each other.
    """
    there = "org/apache/jena/ext/xerces/"
    with ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith(there) and name.endswith(".properties"):
                copy = workplace / "xerces" / name.removeprefix(there)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(jar.read(name))
    jars = [jar for jar in sorted(JARS.glob("*.jar")) if "log4j" not in jar.name]
    return os.pathsep.join(map(str, [workplace, JARS / "slf4j-nop.jar", *jars]))


def _read(output: str) -> Opinion:
    result = Opinion()
    for line in output.splitlines():
        match line.split("\t"):
            case ["conforms", name]:
                result.findings[name] = []
            case ["result", name, focus, component, path]:
                result.findings.setdefault(name, []).append(Finding(focus, component, path))
            case ["parsed", file]:
                result.refusals[file] = ""
            case ["refused", file, message]:
                result.refusals[file] = message
            case _:
                raise ValueError(f"{PROGRAM.name} wrote a line that nobody expects: {line}")
    return result
