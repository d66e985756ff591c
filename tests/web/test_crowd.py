"""Who is connected: who has too many makes room among its own, and who does something is not ended."""

from __future__ import annotations

import pytest

from ivig.web.crowd import Crowd
from ivig.web.settings import settings_from


class _Connection:
    def __init__(self, address: str, *, busy: bool = False) -> None:
        self.client = (address, 1)
        self.may_end = not busy
        self.ended = False

    def make_room(self) -> None:
        self.ended = True


def _crowd(**settings: object) -> Crowd:
    return Crowd(settings_from({"connections": 4, "client_connections": 2, **settings}))


def _entered(crowd: Crowd, *connections: _Connection) -> list[bool]:
    return [crowd.enter(connection) for connection in connections]


def test_a_client_with_too_many_loses_its_own_oldest() -> None:
    other, *own = _Connection("1.1.1.1"), *(_Connection("2.2.2.2") for _ in range(4))
    assert _entered(_crowd(), other, *own) == [True] * 5
    assert [each.ended for each in (other, *own)] == [False, True, True, False, False]


def test_where_all_are_taken_the_oldest_makes_room() -> None:
    crowd = _crowd()
    first, *rest = (_Connection(f"1.1.1.{number}") for number in range(4))
    assert _entered(crowd, first, *rest) == [True] * 4
    # It has got an answer since: now another one is the oldest.
    crowd.moved_on(first)
    assert _entered(crowd, _Connection("9.9.9.9")) == [True]
    assert [each.ended for each in (first, *rest)] == [False, True, False, False]


def test_who_is_busy_is_not_ended_and_the_newcomer_is_one_too_many() -> None:
    crowd = _crowd()
    busy = [_Connection(f"1.1.1.{number}", busy=True) for number in range(4)]
    newcomer = _Connection("9.9.9.9")
    assert _entered(crowd, *busy, newcomer) == [True] * 4 + [False]
    assert crowd.is_too_many(newcomer)
    crowd.leave(busy[0])
    assert not crowd.is_too_many(newcomer)
    assert not any(each.ended for each in busy)
    # The next but one is no better off, and does not come on top of it.
    crowd.enter(busy[0])
    assert _entered(crowd, _Connection("8.8.8.8")) == [False]
    assert newcomer.ended


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:1.2.3.4", "1.2.3.4", True),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.5", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_a_client_is_an_address_or_a_network_of_ipv6(one: str, another: str, *, same: bool) -> None:
    first = _Connection(one)
    assert _entered(_crowd(client_connections=1), first, _Connection(another)) == [True, True]
    assert first.ended is same


def test_a_proxy_has_no_share_of_its_own() -> None:
    connections = [_Connection("10.0.0.7") for _ in range(3)]
    assert _entered(_crowd(trusted_proxies="10.0.0.0/24, ::1"), *connections) == [True] * 3
    assert not any(each.ended for each in connections)


def test_the_share_is_a_tenth_and_not_too_little() -> None:
    found = [settings_from({"connections": most}).share_of_connections for most in (1000, 50)]
    assert found == [100, 20]
