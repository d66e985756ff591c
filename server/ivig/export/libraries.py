"""Libraries that only some formats need, and that a small installation goes without."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ivig.errors import BadInput


class NotInstalled(BadInput):
    """A library that a format needs is not there."""


def needed(module: str) -> Any:
    """A module of such a library. Raises NotInstalled with the command that installs it."""
    try:
        return import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        raise NotInstalled(f"this format needs {library}: pip install 'ivig[export]'") from error
