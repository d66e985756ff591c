"""The columns of a table of records, as the models and the schema describe them."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints as type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ivig.model.records import KINDS, Fills

_BEYOND = 1_000_000_000

SEPARATOR = " | "
"""What stands between the values of a list in one cell."""

_LAST_FIELDS = (
    *("finding", "note", "citation", "retraction", "retracted_or_withdrawn"),
    *("read_at", "read_depth", "read_on", "second_reading"),
)


class Column(NamedTuple):
    """What one column of a table holds.

    :param name: dotted
    :param part: the nested part it belongs to, or empty
    :param about: what that part says, or empty
    :param type: str, int, float or bool
    :param several: a list
    :param range: its values may be ranges of two numbers
    :param listed: the part is a list, so a cell has a value for each of its members
    :param required: without it the record (or, of a nested part, the part) is refused
    :param choices: all that it may say, or empty
    :param limits: the bounds of a number, in words
    :param fills: the property that it fills, if one does
    :param description: what it means
    :param example: of a value
    """

    name: str
    part: str
    about: str
    type: type
    several: bool
    range: bool
    listed: bool
    required: bool
    choices: tuple[str, ...]
    limits: str
    fills: Fills | None
    description: str
    example: str


def columns(kind: str) -> list[str]:
    """The dotted columns of a kind, without `kind` itself, in the order in which a reader takes them from a page.

    >>> [name for name in columns("safety") if name.startswith("frequency")]
    ['frequency.value', 'frequency.unit', 'frequency.note']
    """
    return list(column_types(kind))


@cache
def column_types(kind: str) -> Mapping[str, Column]:
    """The columns of a kind by name, as its model describes them."""
    model = KINDS[kind]
    names = sorted((name for name in model.model_fields if name != "kind"), key=_place)
    return types.MappingProxyType({one.name: one for name in names for one in _columns(model, name)})


def _place(name: str) -> int:
    return _LAST_FIELDS.index(name) if name in _LAST_FIELDS else -2 if name == "id" else -1


def _columns(
    model: type[BaseModel], name: str, within: str = "", about: str = "", *, listed: bool = False
) -> Iterator[Column]:
    """The columns of one field: one, or those of the fields of the part that it holds."""
    field = model.model_fields[name]
    bare, constraints, several = _unwrapped(type_hints(model, include_extras=True)[name])
    dotted = f"{within}.{name}" if within else name
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        for inner in bare.model_fields:
            yield from _columns(bare, inner, dotted, bare.__doc__ or "", listed=several)
        return
    is_range = get_origin(bare) is tuple
    if is_range:
        bare, constraints_of_ends, _ = _unwrapped(get_args(bare)[0])
        constraints += constraints_of_ends
    fills = next((one for one in constraints if isinstance(one, Fills)), None)
    if fills and within.endswith(".comparator"):
        # Both arms say the same of themselves.
        fills = Fills(fills.class_, f"comparator_{fills.name}", fills.more)
    described = next((one for one in (*constraints, field) if isinstance(one, FieldInfo) and one.description), None)
    yield Column(
        name=dotted,
        part=within,
        about=about,
        type=bare if bare in (int, float, bool) else str,
        several=several,
        range=is_range,
        listed=listed,
        required=field.is_required(),
        choices=get_args(bare) if get_origin(bare) is Literal else (),
        limits=_limits(constraints),
        fills=fills,
        description=_of_range(fills.description) if fills else (described.description or "") if described else "",
        example=fills.filled.example if fills else str((described.examples or [""])[0]) if described else "",
    )


def _of_range(description: str) -> str:
    """What a range holds, from what the property of its lower end is: that of one end says so.

    >>> _of_range("The lowest number of days of a course.")
    'Days of a course.'
    """
    return re.sub(r"^The lowest number of (\w)", lambda found: found[1].upper(), description)


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
    # What is only there to stop a slip of the keyboard tells nobody anything.
    bounds = [bound for bound in bounds if getattr(bound, "le", 0) < _BEYOND]
    words = (("from", "ge"), ("above", "gt"), ("up to", "le"))
    # A year is not written with a comma.
    return " ".join(
        f"{word} {getattr(bound, sign)}" for bound in bounds for word, sign in words if hasattr(bound, sign)
    )
