"""The columns of a table of records, as the models describe them."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints as type_hints

from pydantic import BaseModel

from ivig.model.records import KINDS

SEPARATOR = " | "
"""What stands between the values of a list in one cell."""

_LAST_FIELDS = ("finding", "citation", "read_at", "read_depth")


class Column(NamedTuple):
    """What one column of a table holds.

    name: dotted. part, about: the nested part it belongs to and what that part says, or empty. type: str, int,
    float or bool. several: a list. required: without it the record (or, of a nested part, the part) is refused.
    choices: all that it may say, or empty. limits: the bounds of a number, in words.
    """

    name: str
    part: str
    about: str
    type: type
    several: bool
    required: bool
    choices: tuple[str, ...]
    limits: str


def columns(kind: str) -> list[str]:
    """The dotted columns of a kind, without `kind` itself, in the order in which a reader takes them from a page.

    >>> [name for name in columns("safety") if name.startswith("frequency")]
    ['frequency.value', 'frequency.unit', 'frequency.note']
    """
    return list(column_types(kind))


@cache
def column_types(kind: str) -> Mapping[str, Column]:
    """The columns of a kind by name, as its model describes them."""
    found: dict[str, Column] = {}
    model = KINDS[kind]
    hints = type_hints(model, include_extras=True)
    for name in sorted(model.model_fields, key=_LAST_FIELDS.__contains__):
        part, _, _ = _unwrapped(hints[name])
        if isinstance(part, type) and issubclass(part, BaseModel):
            inner_hints = type_hints(part, include_extras=True)
            for inner, field in part.model_fields.items():
                column = _column(inner, inner_hints[inner], field.is_required())
                column = column._replace(name=f"{name}.{inner}", part=name, about=part.__doc__ or "")
                found[column.name] = column
        elif name != "kind":
            found[name] = _column(name, hints[name], model.model_fields[name].is_required())
    return types.MappingProxyType(found)


def _column(name: str, annotation: Any, required: bool) -> Column:
    bare, constraints, several = _unwrapped(annotation)
    choices = get_args(bare) if get_origin(bare) is Literal else ()
    kind = bare if bare in (int, float, bool) else str
    return Column(name, "", "", kind, several, required, choices, _limits(constraints))


def _unwrapped(annotation: Any) -> tuple[Any, list[Any], bool]:
    """The type below `| None`, `list[]` and `Annotated[]`, what those said of it, and whether it is of a list."""
    constraints: list[Any] = []
    several = False
    while True:
        origin, parts = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            constraints += parts[1:]
        elif origin is list:
            several = True
        elif origin is Union or origin is types.UnionType:
            parts = tuple(part for part in parts if part is not type(None))
        else:
            return annotation, constraints, several
        annotation = parts[0]


def _limits(constraints: Sequence[Any]) -> str:
    bounds = [bound for one in constraints for bound in getattr(one, "metadata", ())]
    words = (("from", "ge"), ("above", "gt"), ("up to", "le"))
    # A year is not written with a comma.
    return " ".join(
        f"{word} {getattr(bound, sign)}" for bound in bounds for word, sign in words if hasattr(bound, sign)
    )
