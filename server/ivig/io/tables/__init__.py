"""Files of records into rows: JSON Lines, CSV, TSV and XLSX, with what is wrong with the file or a row as such.

What a field may say is for the models (`model/records.py`); here are the file, its lines and cells.
"""

from ivig.io.tables.read import SUFFIXES, read_rows
from ivig.io.tables.record_columns import SEPARATOR, Column, column_types, columns
from ivig.io.tables.rows import Row
from ivig.io.tables.workbook import LISTS, READ_ME

__all__ = ["LISTS", "READ_ME", "SEPARATOR", "SUFFIXES", "Column", "Row", "column_types", "columns", "read_rows"]
