"""How the files of a package lie in a ZIP: whether a byte was changed where no file's checksum would tell.

What lies between the files of a ZIP, its times and its directory are under no checksum, and a changed byte of a
compressed file may unpack to the same. So a package ends with a seal, in the comment that a ZIP may have at its end:
the SHA-256 of all bytes before it. Who packs the files anew drops it; what holds them then must hold nothing else.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

_SEAL = "ivig package, sha256 of what comes before: {}"
_SEALED = re.compile(_SEAL.format("([0-9a-f]{64})").encode())
NO_SEAL = _SEAL.format("0" * 64).encode()
"""As long as a seal: what stands in its place until all else is written."""

_BLOCK = 1 << 20
_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_FILE, _ENDED = b"PK\3\4", b"PK\5\6"
_UTF8, _SIZES_FOLLOW = 1 << 11, 1 << 3
_LARGE = 0xFFFFFFFF
_DESCRIPTORS = (12, 16, 20, 24)
"""How long what follows a file can be that was packed before its size was known."""


def seal(path: Path) -> None:
    """Put the seal in its place, at the end of a ZIP that was written with `NO_SEAL` as its comment."""
    with path.open("r+b") as file:
        start = file.seek(0, 2) - len(NO_SEAL)
        digest = _digest(file, start)
        file.seek(start)
        file.write(_SEAL.format(digest).encode())


def changes_of_layout(file: BinaryIO, archive: zipfile.ZipFile) -> tuple[list[str], bool]:
    """What is wrong with the ZIP itself, and whether it was packed anew, so that it has no seal."""
    if not archive.comment:
        return list(_gaps(file, archive)), True
    size = file.seek(0, 2)
    start = size - len(archive.comment)
    file.seek(max(0, start))
    sealed = _SEALED.fullmatch(archive.comment)
    if sealed is None or file.read() != archive.comment or _digest(file, start) != sealed[1].decode():
        return ["changed since it was packed, though the files in it are as they were"], False
    return [], False


def _digest(file: BinaryIO, end: int) -> str:
    """The SHA-256 of what comes before a place."""
    total = sha256()
    file.seek(0)
    while block := file.read(min(_BLOCK, end - file.tell())):
        total.update(block)
    return total.hexdigest()


def _gaps(file: BinaryIO, archive: zipfile.ZipFile) -> Iterator[str]:
    """What a ZIP holds beside its files, and where what is said before a file is not what the directory says of it."""
    place = 0
    follows: tuple[int, ...] = (0,)
    for entry in sorted(archive.infolist(), key=lambda one: one.header_offset):
        if entry.header_offset - place not in follows:
            yield f"something that is no file, before {entry.filename}"
        file.seek(entry.header_offset)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            yield f"{entry.filename}: cut off"
            return
        mark, _, flags, method, time, day, crc, packed, unpacked, name, extra = _LOCAL.unpack(head)
        later = bool(flags & _SIZES_FOLLOW)
        said = (mark, flags, method, time, day, file.read(name))
        of_content = (crc, packed, unpacked)
        # Sizes that are too large for their place stand elsewhere.
        if said != _in_directory(entry) or not (later or packed == _LARGE or of_content == _of_content(entry)):
            yield f"{entry.filename}: the directory says otherwise than what stands before the file"
        place = entry.header_offset + _LOCAL.size + name + extra + entry.compress_size
        follows = _DESCRIPTORS if later else (0,)
    if archive.start_dir - place not in follows:
        yield "something that is no file, before the directory"
    file.seek(0, 2)
    file.seek(max(0, file.tell() - _END.size))
    if not file.read().startswith(_ENDED):
        yield "something that is no file, at the end"


def _in_directory(entry: zipfile.ZipInfo) -> tuple[object, ...]:
    year, month, day, hour, minute, second = entry.date_time
    date, time = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
    name = entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8 else "cp437")
    return _FILE, entry.flag_bits, entry.compress_type, time, date, name


def _of_content(entry: zipfile.ZipInfo) -> tuple[int, int, int]:
    return entry.CRC, entry.compress_size, entry.file_size
