"""The guarded engine: visitors' SPARQL in worker processes that a query can break without anybody else noticing."""

from ivig.query.sandbox.job import Job, NotWanted
from ivig.query.sandbox.limits import Limits
from ivig.query.sandbox.pool import Pool

__all__ = ["Job", "Limits", "NotWanted", "Pool"]
