"""Opening a text file: one function, for every format, that takes the usual encodings or names what is wrong."""

from __future__ import annotations

import codecs
from pathlib import Path

from ivig.errors import BadInput, NotThere

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; that of UTF-32 begins as that of UTF-16 does."""
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ")


def read_text(path: Path, name: str | None = None, limit: int | None = None) -> str:
    """The text of a file in UTF-8, UTF-16, UTF-32 or Windows-1252, without byte order mark, lines ended by `\\n`.

    :param name: what messages call the file; its path where None
    :param limit: the most bytes that it may have
    :raises NotThere: where no such file can be opened
    :raises BadInput: with the line and the byte, where it is no text or longer than the limit
    """
    name = name or str(path)
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            # A pipe would be waited for.
            raise BadInput(f"{name}: no regular file")
        content = path.read_bytes() if limit is None or path.stat().st_size <= limit else None
    except OSError as error:
        raise NotThere(f"{name}: {error.strerror}") from error
    if content is None:
        raise BadInput(f"{name}: at most {limit} bytes; split the file")
    return decoded(content, name)


def decoded(content: bytes, name: str) -> str:
    """Bytes as text, as for `read_text`.

    :param content: the whole file
    :param name: what messages call the file
    :raises BadInput: where it is compressed, or with the line and the byte where it is no text

    >>> decoded(b"\\xff\\xfea\\x00\\r\\x00\\n\\x00", "x.txt"), decoded("Sjögren\\n".encode("cp1252"), "x.txt")
    ('a\\n', 'Sjögren\\n')
    """
    if content.startswith(_COMPRESSED):
        raise BadInput(f"{name}: the file is compressed; unpack it first")
    mark, encoding = next(((mark, encoding) for mark, encoding in _MARKS if content.startswith(mark)), (b"", "utf-8"))
    if encoding == "utf-8":
        content = content.removeprefix(mark)
    try:
        text = content.decode(encoding)
        if "\0" in text:
            raise UnicodeDecodeError("utf-8", content, place := content.index(0), place + 1, "no text")
    except UnicodeDecodeError as error:
        guessed = None if mark else _guessed(content)
        if guessed is None:
            line = content.count(b"\n", 0, error.start) + 1
            raise BadInput(
                f"{name}, line {line}: byte 0x{content[error.start]:02X} is no text; save the file as UTF-8"
            ) from error
        text = guessed
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _guessed(content: bytes) -> str | None:
    """Text in UTF-16 without a mark, or in the encoding of western Windows; None where it reads as neither."""
    from charset_normalizer import from_bytes

    likely = ["utf_16_le", "utf_16_be"] if b"\0" in content else ["cp1252"]
    found = from_bytes(content, cp_isolation=likely, preemptive_behaviour=False).best()
    return None if found is None else str(found)
