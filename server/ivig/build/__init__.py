"""Files into a release: read, validate, reason, derive, publish."""

from ivig.build.pipeline import STAGES, build
from ivig.build.sources import Sources, read
from ivig.build.validation import Violation, validate

__all__ = ["STAGES", "Sources", "Violation", "build", "read", "validate"]
