"""The guarded engine: visitors' SPARQL in worker processes that a query can break without anybody else noticing."""

from ivig.ask.guarded.failures import NotWanted
from ivig.ask.guarded.job import Job
from ivig.ask.guarded.limits import Limits
from ivig.ask.guarded.pool import Pool, Running

__all__ = ["Job", "Limits", "NotWanted", "Pool", "Running"]
