"""Which format an answer has."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ivig.errors import IvigError
from ivig.web.negotiation import GRAPH_TYPES, RESULT_TYPES, chosen_format


@pytest.mark.parametrize(
    ("accept", "named", "html", "wanted"),
    [
        (None, None, False, "json"),
        ("", None, False, "json"),
        ("*/*", None, True, "json"),
        ("text/*", None, False, "csv"),
        ("text/html", None, True, "html"),
        ("text/csv;q=0.2,application/xml;q=0.4", None, False, "xml"),
        ("text/html", "tsv", True, "tsv"),
    ],
)
def test_choice(accept: str | None, named: str | None, html: bool, wanted: str) -> None:
    assert chosen_format(RESULT_TYPES, accept, named, html=html) == wanted


@given(st.text(), st.one_of(st.none(), st.text()))
def test_any_header_gets_a_format_or_an_error_of_ours(accept: str, named: str | None) -> None:
    try:
        assert chosen_format(GRAPH_TYPES, accept, named) in GRAPH_TYPES
    except IvigError as error:
        assert str(error)
