"""Bibliographies: publications out of the files of reference managers and of PubMed, merged, and into such files."""

from ivig.io.bibliographies.publication import Publication
from ivig.io.bibliographies.read import read_publications
from ivig.io.bibliographies.write import write_publications

__all__ = ["Publication", "read_publications", "write_publications"]
