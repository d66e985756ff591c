"""What the benchmarks share: what a command takes, what this machine is, and how a figure grows with the size."""

from __future__ import annotations

import json
import math
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
IVIG = Path(sys.executable).with_name("ivig")
# Where this is set, every process compiles every module again, which those of users do not.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

LIBRARIES = ("pyoxigraph", "reasonable", "pyrudof", "rdflib", "owlrl", "pyshacl", "granian")

_MEASURED = """
import json, os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
told = process.stderr.read()
_, status, usage = os.wait4(process.pid, 0)
took = time.perf_counter() - began
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps({"code": status, "told": told, "used": [took, cpu, usage.ru_maxrss / 1024]}))
"""


class Used(NamedTuple):
    """What a command has used, its start and end and the processes that it waited for included.

    :param seconds: by the clock
    :param cpu: seconds of all processors, which other programs disturb less
    :param megabytes: the most that its largest process held
    """

    seconds: float
    cpu: float
    megabytes: float


def used(*command: object) -> Used:
    """What a command has used.

    :raises SystemExit: with what it told, where it fails
    """
    program = [sys.executable, "-c", _MEASURED, *map(str, command)]
    found = json.loads(subprocess.run(program, capture_output=True, text=True, check=True).stdout)
    if found["code"]:
        raise SystemExit(found["told"])
    return Used(*found["used"])


def machine() -> str:
    """This machine and what runs on it, in a sentence."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) // 1_000_000 for line in _lines("/proc/meminfo")), 0)
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores ({names[0] if names else platform.machine()}), {memory} GB, "
        f"{platform.system()}, Python {platform.python_version()}; {libraries}; "
        f"load of the machine {os.getloadavg()[1]:.1f} when the run ended."
    )


def exponent(sizes: Sequence[float], figures: Sequence[float]) -> float:
    """The power of the size that figures grow by, fitted by least squares on logarithms.

    >>> round(exponent([1, 10, 100], [2, 20, 200]), 6), round(exponent([1, 10], [3, 3]), 6)
    (1.0, 0.0)
    """
    xs, ys = [math.log(size) for size in sizes], [math.log(max(figure, 1e-9)) for figure in figures]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def megabytes(process: int) -> float:
    """What a process and its children take, shared pages divided among those that share them."""
    children = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False).stdout.split()
    total = 0
    for one in [str(process), *children]:
        found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(found[1]) if found else 0
    return total / 1000


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
