"""Every setting of the server, in one place: its name, its default, what it means and what may stand there.

A flag wins over the environment, the environment over the file, the file over the default.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from ivig.errors import BadInput, NotThere
from ivig.query.sandbox import Limits
from ivig.query.sandbox.limits import MEGABYTE

_MOST_MEGABYTES = 1_000_000
_MOST_BYTES = 1_000_000_000
_A_DAY = 86_400
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?|\[[0-9a-fA-F:.]+\]")
"""A name or an address; those of version 6 stand in brackets, as in an IRI."""
_LAST_PORT = 65_535

_CLIENTS_AT_LEAST = 10
"""So many clients with all their connections there is room for."""
_LEAST_SHARE = 20
"""A browser opens six connections to a server, and several people may have one address."""


class Settings(BaseSettings):
    """The settings. Environment: `IVIG_` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="IVIG_", extra="ignore", frozen=True, allow_inf_nan=False)

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port; 0 takes a free one.")] = 8000
    graph: Annotated[Path | None, Field(description="Folder of another graph.")] = None
    releases: Annotated[
        Path | None, Field(description="Folder of the releases; a place in the user's cache by default.")
    ] = None
    dataset: Annotated[
        Path | None,
        Field(description="N-Quads, TriG, N-Triples or Turtle file to serve as it stands, in place of the graph."),
    ] = None
    public_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://[^\s<>\"{}|\\^`]+/)?$",
            description="Address that visitors use, with a final slash; that of the request by default.",
        ),
    ] = ""
    query_seconds: Annotated[float, Field(gt=0, le=3600, description="Seconds that a SPARQL query may take.")] = 10
    query_memory: Annotated[
        int, Field(ge=16, le=_MOST_MEGABYTES, description="Megabytes that a SPARQL query may take.")
    ] = 256
    answer_size: Annotated[
        float, Field(gt=0, le=_MOST_MEGABYTES, description="Megabytes that an answer to SPARQL may have.")
    ] = 64
    export_seconds: Annotated[float, Field(gt=0, le=3600, description="Seconds that an export may take.")] = 60
    export_size: Annotated[float, Field(gt=0, le=_MOST_MEGABYTES, description="Megabytes that an export may have.")] = (
        200
    )
    export_memory: Annotated[
        int, Field(ge=64, le=_MOST_MEGABYTES, description="Megabytes that an export may take.")
    ] = 512
    spool_size: Annotated[
        float,
        Field(
            ge=0,
            le=_MOST_MEGABYTES,
            description="Megabytes of an answer that are kept back until it is whole; beyond, it is sent as it comes.",
        ),
    ] = 4
    workers: Annotated[int, Field(ge=1, le=64, description="SPARQL queries that run at once.")] = 4
    per_client: Annotated[
        int, Field(ge=1, description="SPARQL queries of one client that run at once; it has at most half of the queue.")
    ] = 2
    queue: Annotated[int, Field(ge=0, le=10_000, description="SPARQL queries that wait for their turn.")] = 32
    queue_seconds: Annotated[float, Field(gt=0, le=3600, description="Seconds that each of them waits.")] = 10
    cache_size: Annotated[float, Field(ge=0, le=_MOST_MEGABYTES, description="Megabytes of answers that are kept.")] = (
        32
    )
    head_size: Annotated[
        int, Field(ge=1024, le=_MOST_BYTES, description="Bytes that the head of a request may have, address included.")
    ] = 65_536
    body_size: Annotated[
        int, Field(ge=1024, le=_MOST_BYTES, description="Bytes that the body of a request may have.")
    ] = 1_000_000
    read_seconds: Annotated[
        float, Field(gt=0, le=_A_DAY, description="Seconds in which a request must have arrived.")
    ] = 10
    write_seconds: Annotated[
        float, Field(gt=0, le=_A_DAY, description="Seconds that a client may take nothing of its answer.")
    ] = 20
    idle_seconds: Annotated[
        int, Field(gt=0, le=_A_DAY, description="Seconds that a connection may wait for its next request.")
    ] = 15
    connections: Annotated[int, Field(ge=1, description="Connections at once.")] = 1000
    client_connections: Annotated[
        int | None,
        Field(
            ge=1,
            description="Connections of one client (IPv6: of a /64) at once; a tenth of all, at least 20, by default.",
        ),
    ] = None
    stop_seconds: Annotated[
        int, Field(ge=0, le=_A_DAY, description="Seconds that requests in flight may take when the server stops.")
    ] = 20
    service_hosts: Annotated[
        str,
        Field(description="Hosts that SERVICE may call, separated by commas; none by default."),
    ] = ""
    service_private: Annotated[bool, Field(description="Let those servers be on loopback or a private network.")] = (
        False
    )
    trusted_proxies: Annotated[
        str,
        Field(
            description="Proxies whose X-Forwarded-For says who the client is, separated by commas; none by default."
        ),
    ] = ""
    access_log: Annotated[
        Path | None,
        Field(description="File of the access log, a JSON object a line; `-` is standard error; none by default."),
    ] = None

    @property
    def share_of_connections(self) -> int:
        """Connections that one client may have at once."""
        return self.client_connections or max(self.connections // _CLIENTS_AT_LEAST, _LEAST_SHARE)

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the trusted proxies."""
        return tuple(ip_network(one) for one in listed(self.trusted_proxies))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that SERVICE may call, in small letters."""
        return tuple(host.lower() for host in listed(self.service_hosts))

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for one in listed(value):
            try:
                ip_network(one)
            except ValueError as error:
                # One that is nothing of the kind would be believed by nobody, and nobody would know.
                raise ValueError(f"a proxy is an IP address or a network of them: {error}") from error
        return value

    @field_validator("service_hosts")
    @classmethod
    def _are_hosts(cls, value: str) -> str:
        for one in listed(value):
            host, _, port = one.partition(":") if not one.startswith("[") else _bracketed(one)
            if not _HOST.fullmatch(host) or (port and not (port.isdecimal() and 0 < int(port) <= _LAST_PORT)):
                raise ValueError(f"a host is a name as in query.wikidata.org or a.example:8080, and {one!r} is none")
        return value

    def limits(self) -> Limits:
        """What a query of a visitor may take."""
        return Limits(
            seconds=self.query_seconds,
            memory=self.query_memory * MEGABYTE,
            answer=int(self.answer_size * MEGABYTE),
            workers=self.workers,
            per_client=self.per_client,
            queue=self.queue,
            patience=self.queue_seconds,
        )

    def export_limits(self) -> Limits:
        """What an export may take. One is made at a time: each takes a processor."""
        return Limits(
            seconds=self.export_seconds,
            memory=self.export_memory * MEGABYTE,
            answer=int(self.export_size * MEGABYTE),
            workers=1,
            per_client=1,
            queue=self.queue,
            patience=self.export_seconds,
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment; `settings_from` adds the file."""
        return init_settings, env_settings


def _bracketed(host: str) -> tuple[str, str, str]:
    name, bracket, rest = host.partition("]")
    return name + bracket, "", rest.removeprefix(":")


def listed(value: str) -> list[str]:
    """What stands between commas.

    >>> listed("a.example, b.example,")
    ['a.example', 'b.example']
    """
    return [one.strip() for one in value.split(",") if one.strip()]


def settings_from(flags: dict[str, Any], file: Path | None = None) -> Settings:
    """The settings that hold: flags that were given, the environment, a TOML file.

    Raises NotThere or BadInput, naming each setting that is wrong.
    """

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(cls, settings_cls: type[BaseSettings], *sources: Any, **named: Any) -> Any:
            asked = Settings.settings_customise_sources(settings_cls, *sources, **named)
            return (*asked, TomlConfigSettingsSource(settings_cls, file)) if file else asked

    if file is not None:
        _check_there(file)
    try:
        found = FromFile(**flags)
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}, not {e['input']!r}"
            for e in error.errors()
        ]
        raise BadInput("settings: " + "; ".join(wrong)) from error
    except ValueError as error:
        raise BadInput(f"{file}: {error}") from error
    if file is not None:
        _check_names(file)
    return found


def _check_there(file: Path) -> None:
    if not file.exists():
        raise NotThere(f"{file} is not there")
    if not file.is_file():
        raise NotThere(f"{file} is no file: settings stand in a file of TOML")
    try:
        file.open("rb").close()
    except OSError as error:
        raise NotThere(f"{file}: {error.strerror}") from error


def _check_names(file: Path) -> None:
    import tomllib

    from ivig.errors import UnknownName
    from ivig.query.names import nearest

    for name in tomllib.loads(file.read_text(encoding="utf-8")):
        if name not in Settings.model_fields:
            raise UnknownName("setting", name, nearest(name, Settings.model_fields))
