"""What goes wrong in a worker is the same error in the server."""

from __future__ import annotations

import pytest

from ivig import errors
from ivig.errors import IvigError
from ivig.query.sandbox.job import NotWanted, packed_error, unpacked_error

ERRORS = [
    errors.BadQuery("expected }", 2, 7),
    errors.Refused("SERVICE is refused"),
    errors.BadInput("no such depth"),
    errors.UnknownName("condition", "gouty", ["gout"]),
    errors.AmbiguousName("condition", "x", ["a", "b"]),
    errors.AnswerTooLarge("more than 1 MB"),
    errors.TooMuchMemory("too much"),
    errors.Damaged("the release in /x is damaged"),
    NotWanted("rows"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_comes_out_as_it_went_in(error: IvigError) -> None:
    found = unpacked_error(packed_error(error))
    assert type(found) is type(error)
    assert (str(found), vars(found)) == (str(error), vars(error))


@pytest.mark.parametrize(
    ("error", "kind"),
    [(errors.NotThere("no folder"), errors.BadInput), (IvigError("odd"), errors.BadQuery), (errors.Busy("x", 1), errors.BadQuery)],
)  # fmt: skip
def test_an_error_that_no_worker_sends_goes_as_what_it_is_a_kind_of(error: IvigError, kind: type[IvigError]) -> None:
    found = unpacked_error(packed_error(error))
    assert type(found) is kind
    assert str(found) == str(error)
