"""Curated records: read from tables, checked, and turned into statements."""

from ivig.curate.records.importing import BadRecords, Summary, import_records

__all__ = ["BadRecords", "Summary", "import_records"]
