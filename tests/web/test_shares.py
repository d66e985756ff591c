"""No client keeps all others waiting at what the server makes."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx

from conftest import serving


def test_pages_do_not_wait_for_one_who_takes_whole_graphs(releases: Path) -> None:
    """Whole graphs that were never asked for, without end and many at once, from one address."""
    stop = threading.Event()
    taken: list[int] = []
    went_first: list[int] = []

    def takes(number: int) -> None:
        transport = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(base_url=address, timeout=120, transport=transport) as client:
            count = 0
            while not stop.is_set():
                count += 1
                client.get(f"/graph/inferred?format=rdfxml&x={number}.{count}")
                taken.append(number)

    with serving("--releases", releases) as (_, address):
        threads = [threading.Thread(target=takes, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        try:
            while not taken:
                time.sleep(0.01)
            with httpx.Client(base_url=address, timeout=60) as client:
                for name in ("conditions", "mechanisms", "uses", "citations", "evidence-gaps"):
                    before = len(taken)
                    assert client.get(f"/queries/{name}?format=csv").status_code == 200
                    # Those under way may end first, and not all sixteen that were asked for before.
                    went_first.append(len(taken) - before)
            assert sorted(went_first)[2] <= 4
        finally:
            stop.set()
            for thread in threads:
                thread.join()
