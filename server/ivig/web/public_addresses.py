"""Whether an address is on the public Internet, in whatever form an IPv4 address is wrapped into an IPv6 one."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_HOLDS_IPV4 = {
    ip_network("::/96"): 0,
    ip_network("::ffff:0:0/96"): 0,
    ip_network("::ffff:0:0:0/96"): 0,
    ip_network("64:ff9b::/96"): 0,
    ip_network("2002::/16"): 80,
}
"""Networks whose addresses lead to an IPv4 address that they hold, and how many bits stand behind it: IPv4-compatible,
-mapped and -translated (RFC 4291, RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056)."""

_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments: Python counts a part of them
            "64:ff9b:1::/48",  # NAT64 of one's own network (RFC 8215): where it leads only that network knows
            "2001::/32",  # Teredo: to whoever sits behind a translator
            "3fff::/20",  # documentation
            "fec0::/10",  # site-local
        ),
    )
)
"""What the address books of some versions of Python lack."""


def is_public(address: str) -> bool:
    """Whether an address, with or without a zone, is on the public Internet.

    >>> is_public("64:ff9b::198.41.0.4"), is_public("64:ff9b::10.0.0.1"), is_public("fe80::1%eth0")
    (True, False, False)
    """
    ip = _reached(ip_address(address.partition("%")[0]))
    if any(ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _reached(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Where packets to an address end up."""
    for network, behind in _HOLDS_IPV4.items():
        if ip in network:
            return IPv4Address(int(ip) >> behind & 0xFFFF_FFFF)
    return ip
