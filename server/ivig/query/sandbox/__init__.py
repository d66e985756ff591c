"""The guarded engine: visitors' SPARQL in worker processes that a query can break without anybody else noticing."""

from ivig.query.sandbox.failures import NotWanted
from ivig.query.sandbox.job import Job
from ivig.query.sandbox.limits import Limits
from ivig.query.sandbox.pool import Pool, Running

__all__ = ["Job", "Limits", "NotWanted", "Pool", "Running"]
