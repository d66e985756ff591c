"""Titles: which two may be of one publication."""

from __future__ import annotations

import pytest

from ivig.io.bibliographies.titles import same_title


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Off-label use of IVIG.", "OFF- LABEL USE OF IVIG"),
        ("Use of IVIG", "Use of IVIG in Guillain-Barré syndrome: a trial"),
        ("Use of IVIG in Guillain-Barré synd", "Use of IVIG in Guillain-Barre syndrome"),
        (
            "Interferon-alpha and immunoglobulin in multiple sclerosis",
            "Interferon-α and immunoglobulin in multiple sclerosis",
        ),
        ("[Use of IVIG]", "Use of IVIG"),
        ("", "Use of IVIG"),
        ("...", "Use of IVIG"),
    ],
)
def test_titles_that_are_no_contradiction(one: str, other: str) -> None:
    assert same_title(one, other)
    assert same_title(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Of mice", "Of men and women"),
        ("Use of immunoglobulin in adults with gout", "K"),
        ("Use of immunoglobulin in adults with gout", "in adults with gout"),
        ("IVIG in myasthenia gravis: a randomized trial", "IVIG in dermatomyositis: a randomized trial"),
    ],
)
def test_titles_of_two_publications(one: str, other: str) -> None:
    assert not same_title(one, other)
    assert not same_title(other, one)
