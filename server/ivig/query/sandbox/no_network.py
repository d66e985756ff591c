"""A process that can open no connection, whatever the query in it says. Linux on x86-64 and ARM64; elsewhere nothing.

The kernel is asked (seccomp) to refuse new sockets but for those between processes of this machine, for good: neither
this process nor what it starts can take it back. What it has open already stays.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from typing import NamedTuple

_INSTRUCTION = struct.Struct("HBBI")
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_AF_UNIX = 1
_LOAD, _EQUALS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
"""Instructions of the classic Berkeley packet filter: load a word, jump if equal, jump if at least, return."""
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Where the kernel puts what a filter looks at (`struct seccomp_data`)."""


class _Machine(NamedTuple):
    """A kind of machine. architecture: its AUDIT_ARCH; socket, io_uring_setup: numbers of calls; highest: from this
    number on, calls are of another numbering."""

    architecture: int
    socket: int
    io_uring_setup: int
    highest: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 41, 425, 0x40000000),
    "aarch64": _Machine(0xC00000B7, 198, 425, 0x40000000),
}


def leave_the_network() -> bool:
    """Give up opening connections, for good. False where the system knows no way to."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    instructions = ctypes.create_string_buffer(_filter(machine))
    program = struct.pack("HP", len(instructions) // _INSTRUCTION.size, ctypes.addressof(instructions))
    control = ctypes.CDLL(None, use_errno=True).prctl
    # The arguments are longs of the kernel, and the call takes any number of them.
    zero = ctypes.c_ulong(0)
    if control(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) != 0:
        return False
    return bool(control(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), program, zero, zero) == 0)


def _filter(machine: _Machine) -> bytes:
    refuse = _REFUSE | errno.EACCES
    # A jump goes so many instructions past the next one.
    return b"".join(
        _INSTRUCTION.pack(*instruction)
        for instruction in (
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_EQUALS, 0, 7, machine.architecture),
            (_LOAD, 0, 0, _NUMBER),
            (_AT_LEAST, 5, 0, machine.highest),
            (_EQUALS, 4, 0, machine.io_uring_setup),
            (_EQUALS, 0, 2, machine.socket),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_EQUALS, 0, 1, _AF_UNIX),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, refuse),
        )
    )
