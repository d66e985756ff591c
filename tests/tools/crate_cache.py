"""Puts a file into the cache of the validator of RO-Crates, so that it needs no network. Runs on the validator's own Python.

usage: crate_cache.py ADDRESS FILE CACHE
"""

import io
import sys
from pathlib import Path

import requests
from requests_cache import CachedSession
from urllib3 import HTTPResponse

address, file, cache = sys.argv[1:]
answer = requests.Response()
answer.status_code, answer.url = 200, address
answer.headers["Content-Type"] = "application/ld+json"
answer.raw = HTTPResponse(io.BytesIO(Path(file).read_bytes()), preload_content=False)
answer.request = requests.Request("GET", address, {"Accept": "application/ld+json, application/json"}).prepare()
with CachedSession(cache, backend="sqlite") as session:
    session.cache.save_response(answer)
