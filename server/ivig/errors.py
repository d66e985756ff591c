"""What can go wrong, as one small family: each with a message that a user can act on and an exit code.

    IvigError                    anything that a user is meant to see
    ├── BadInput                 a file, query or parameter that cannot be understood
    │   ├── UnknownName          a name that means nothing here, with the nearest
    │   ├── AmbiguousName        a name that means several things, with all of them
    │   ├── BadTurtle            a file of the graph that does not parse
    │   ├── BadQuery             SPARQL that does not parse
    │   │   └── Refused          a query that is understood and not run
    │   └── NotThere             a folder, file or release that is not where it was said to be
    ├── Damaged                  a release that something has happened to
    ├── InvalidGraph             the graph breaks a shape, or contradicts itself
    ├── EngineFailed             an engine elsewhere that gives no answer
    │   ├── EngineDown           it cannot be reached, or has no time
    │   ├── EngineTooSlow        it takes longer than it may
    │   └── EngineWrong          it refuses, or its answer is none
    └── LimitReached             a query that took more than it may
        ├── TooLong              time
        ├── TooMuchMemory        memory
        ├── AnswerTooLarge       bytes of its answer
        └── Busy                 the queue is full

`Replaced` is no error but a warning: a thing was asked for by an IRI that it had before.

`ivig.model.problems` adds BadRecords, a BadInput that lists every problem of a file of records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class IvigError(Exception):
    """Base of all errors that a user is meant to see. `exit_code` is what the command line ends with."""

    exit_code = 2


class BadInput(IvigError):
    """A file, query or parameter that cannot be understood."""


class UnknownName(BadInput):
    """A name that means nothing here. Carries the nearest names that do.

    >>> str(UnknownName("query", "evidense", ["evidence-summary"]))
    'unknown query "evidense"; nearest: evidence-summary'
    >>> str(UnknownName("intent", "cure", [], ["prevent", "replace", "treat"]))
    'unknown intent "cure"; it is one of: prevent, replace, treat'
    """

    def __init__(self, what: str, name: str, nearest: list[str], known: list[str] | None = None) -> None:
        """
        :param what: the kind of thing that is not known, such as `query`
        :param name: as it was typed
        :param nearest: names that would do, as the message lists them; empty for none
        :param known: all names that there are, where they are few: listed where none is near
        """
        self.what, self.name, self.nearest = what, name, nearest or known or []
        self.known = known if known and self.nearest == known else []
        hint = f"; {'it is one of' if self.known else 'nearest'}: {', '.join(self.nearest)}" if self.nearest else ""
        super().__init__(f'unknown {what} "{name}"{hint}')


class AmbiguousName(BadInput):
    """A name that means several things. Carries them all."""

    def __init__(self, what: str, name: str, choices: list[str]) -> None:
        """
        :param what: the kind of thing that is meant, such as `identifier`
        :param name: as it was typed
        :param choices: what it may mean, as the message lists it
        """
        self.what, self.name, self.choices = what, name, choices
        super().__init__(f'{what} "{name}" is not exact here; say which you mean: {", ".join(choices)}')


class BadTurtle(BadInput):
    """A file of the graph that does not parse."""


class BadQuery(BadInput):
    """SPARQL that does not parse, or that asks for what is not allowed. `bare` is the message without the place."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        """
        :param message: what is wrong
        :param line: where in the query, from 1; None where no place is known
        :param column: in that line, from 1
        """
        self.line, self.column = line, column
        self.bare = message
        place = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(f"{place}{message}")


class Refused(BadQuery):
    """A query that is understood and not run: an update, or a call to another server."""


class NotThere(BadInput):
    """A folder, file or release that is not where it was said to be."""


class Damaged(IvigError):
    """A release that something has happened to since it was published."""


def damaged_release(folder: Path, reason: object) -> Damaged:
    """The error that says that a release is damaged, and what helps.

    :param folder: of the release
    """
    return Damaged(f"the release in {folder} is damaged: {reason}; `ivig build` makes it anew")


class InvalidGraph(IvigError):
    """The graph breaks a shape, or contradicts itself. The message lists every case."""

    exit_code = 1


class EngineFailed(IvigError):
    """An engine elsewhere that gives no answer."""


class EngineDown(EngineFailed):
    """An engine that cannot be reached, or that has no time."""


class EngineTooSlow(EngineFailed):
    """An engine that takes longer than it may."""


class EngineWrong(EngineFailed):
    """An engine that refuses, whose answer is none, or that holds another release."""


class LimitReached(IvigError):
    """A query that took more than it may."""


class TooLong(LimitReached):
    """A query that did not end in time."""


class TooMuchMemory(LimitReached):
    """A query that asked for more memory than it may have, or for more stack."""


class AnswerTooLarge(LimitReached):
    """An answer with more bytes than it may have."""


class Busy(LimitReached):
    """As many queries run and wait as may."""

    def __init__(self, message: str, retry_after: int) -> None:
        """
        :param message: why it does not run now
        :param retry_after: when to try again, a guess in seconds
        """
        self.retry_after = retry_after
        super().__init__(message)


class Replaced(UserWarning):
    """A thing has another IRI by now than the one that it was asked for by; the one that it has is taken."""
