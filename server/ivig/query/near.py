"""Near names: what somebody may have meant who typed what nothing is called."""

from __future__ import annotations

from collections.abc import Iterable

from ivig.model.labels import telling_words

_ALIKE = 76
"""How alike two words are, out of 100, one of which may be the other misspelled; a short one has to be nearer."""
_ALIKE_SHORT = 86
_SHORT = 5


def near_names(typed: str, names: Iterable[str]) -> list[str]:
    """The names each of which has, for every word that was typed, a word like it; those with the fewest others first.

    :param typed: words, any of which may be misspelled or begun
    :param names: those that are known, all of them, or all that have a word like the longest that was typed

    >>> near_names("miastenia", ["myasthenia gravis", "gastroenteritis", "juvenile myasthenia gravis"])
    ['myasthenia gravis', 'juvenile myasthenia gravis']
    >>> near_names("asdfqwer", ["myasthenia gravis"])
    []
    """
    wanted = telling_words(typed)
    if not wanted:
        return []
    known = {name: of_name for name in names if (of_name := telling_words(name))}
    vocabulary = sorted({word for of_name in known.values() for word in of_name})
    alike = [words_like(word, vocabulary) for word in wanted]
    scores: list[tuple[float, str]] = []
    for name, of_name in known.items():
        best = [max((by_word.get(word, 0.0) for word in of_name), default=0.0) for by_word in alike]
        if all(best):
            scores.append((-sum(best) / len(best) * (0.7 + 0.3 * min(1, len(wanted) / len(of_name))), name))
    return [name for _, name in sorted(scores)]


def words_like(word: str, vocabulary: Iterable[str]) -> dict[str, float]:
    """The words that one may be a misspelling or the beginning of, each with how alike they are, out of 100.

    :param word: one of `telling_words`
    :param vocabulary: words that are known

    >>> words_like("miastenia", ["myasthenia", "gravis"])
    {'myasthenia': 84.21052631578947}
    """
    from rapidfuzz import fuzz, process

    known = list(vocabulary)
    least = _ALIKE if len(word) > _SHORT else _ALIKE_SHORT
    found = process.extract(word, known, scorer=fuzz.ratio, limit=None, score_cutoff=least)
    # What begins like it, for who stopped halfway.
    begun = ((each, 90.0) for each in known if len(word) >= _SHORT and each.startswith(word))
    return dict(begun) | {each: score for each, score, _ in found}
