"""Curated records: read from tables, checked, and turned into statements."""

from ivig.curate.records.importing import import_records

__all__ = ["import_records"]
