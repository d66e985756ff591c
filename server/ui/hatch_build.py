"""Puts the browser side into the wheel: bundles it with npm where that has not been done."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserSide(BuildHookInterface):
    """Runs before a wheel is made. An editable install takes what `make` bundles."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        bundle = root / "server" / "ivig" / "web" / "static" / "ui" / "site.js"
        if version == "editable" or bundle.is_file():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("the browser side is bundled with npm, which is not there: install Node.js 20 or later")
        for words in (("ci",), ("run", "build")):
            subprocess.run([npm, *words], cwd=root / "server" / "ui", check=True)
