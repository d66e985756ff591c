"""Files into a release: read, validate, reason, derive, publish."""
