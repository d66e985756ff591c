"""Answers that a worker makes: complete before their first byte goes out, on disk where they are large, stopped where
nobody waits for them any more.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterator, Mapping
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from ivig.query.sandbox import Job, Pool
from ivig.web.addresses import client_of
from ivig.web.problems import Gone

T = TypeVar("T")

_IN_MEMORY = 4_000_000
_BLOCK = 1 << 16
_PATIENCE = 0.2
"""Seconds after which it is looked whether who asked is still there."""


async def made(pool: Pool, job: Job, request: Request) -> tuple[str, IO[bytes]]:
    """The answer to a job: the name of its format, and a file at its beginning. A slow client keeps no worker.

    :param pool: of the workers that run it
    :param job: what they do
    :param request: the one that is answered, whose client it counts for
    :raises Gone: where the client went away; then the job is stopped
    :raises IvigError: what is wrong with the job, or what it took too much of
    """
    body: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    try:
        format_name = await unless_gone(request, pool.answer(job, client_of(request.scope), body))
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return format_name, body


def sent(body: IO[bytes], media_type: str, headers: Mapping[str, str], before: bytes = b"") -> Response:
    """The response with a file as its body, which is closed when it has gone out.

    :param before: what comes before it, such as a byte order mark
    """
    size = len(before) + body.seek(0, os.SEEK_END)
    body.seek(0)
    if size <= _IN_MEMORY:
        with body:
            return Response(before + body.read(), media_type=media_type, headers=dict(headers))
    length = {"Content-Length": str(size)}
    return StreamingResponse(chain([before], _blocks(body)), media_type=media_type, headers={**headers, **length})


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What some work gives, unless who asked goes away first: then it is cancelled.

    :param request: the one that is answered
    :param work: what is waited for
    :raises Gone: where they did
    """
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=_PATIENCE))[0]:
            if await request.is_disconnected():
                raise Gone("the client is gone")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _blocks(body: IO[bytes]) -> Iterator[bytes]:
    with body:
        while block := body.read(_BLOCK):
            yield block
