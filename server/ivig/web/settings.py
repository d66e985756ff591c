"""Every setting of the server, in one place: its name, its default, what it means and what may stand there.

A flag wins over the environment, the environment over the file, the file over the default.
"""

from __future__ import annotations

import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from ivig.errors import BadInput, UnknownName
from ivig.io.text import read_text
from ivig.query.names import nearest
from ivig.query.sandbox import Limits
from ivig.query.sandbox.limits import MEGABYTE

_MOST_MEGABYTES = 1_000_000
_LIMITS = Limits()
"""Of the sandbox, which the server takes where nothing else is said."""


class Settings(BaseSettings):
    """The settings. Environment: `IVIG_` and the name in capitals; what is empty is not said."""

    model_config = SettingsConfigDict(
        env_prefix="IVIG_", env_ignore_empty=True, extra="ignore", frozen=True, allow_inf_nan=False
    )

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port; 0 takes a free one.")] = 8000
    workers: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="Processes that answer requests; queries at once, queue and cache are divided among them.",
        ),
    ] = 1
    graph: Annotated[Path | None, Field(description="Folder of another graph.")] = None
    releases: Annotated[
        Path | None, Field(description="Folder of the releases; a place in the user's cache by default.")
    ] = None
    dataset: Annotated[
        Path | None,
        Field(description="N-Quads, TriG, N-Triples or Turtle file to serve as it stands, in place of the graph."),
    ] = None
    engine: Annotated[
        str,
        Field(description="SPARQL endpoint that holds the release and answers in place of its own store."),
    ] = ""
    engine_dialect: Annotated[
        str,
        Field(description="What engine that is, such as `virtuoso`; by what it says of itself by default."),
    ] = ""
    engine_seconds: Annotated[
        float, Field(gt=0, le=3600, description="Seconds that the engine may take for one query of a page.")
    ] = 30
    public_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://[^\s<>\"{}|\\^`]+/)?$",
            description="Address that visitors use, with its path and a final slash; that of the request by default.",
        ),
    ] = ""
    query_seconds: Annotated[
        float, Field(gt=0, le=3600, description="Seconds that a SPARQL query may take; an export six times as many.")
    ] = int(_LIMITS.seconds)
    query_memory: Annotated[
        int,
        Field(ge=16, le=_MOST_MEGABYTES, description="Megabytes that a SPARQL query may take; an export twice that."),
    ] = _LIMITS.memory // MEGABYTE
    answer_size: Annotated[
        float,
        Field(
            gt=0,
            le=_MOST_MEGABYTES,
            description="Megabytes that an answer to SPARQL may have; an export three times as many.",
        ),
    ] = _LIMITS.answer // MEGABYTE
    query_workers: Annotated[
        int, Field(ge=1, le=64, description="SPARQL queries that run at once, half of them of one client.")
    ] = _LIMITS.workers
    queue: Annotated[
        int, Field(ge=0, le=10_000, description="SPARQL queries that wait for a worker, half of them of one client.")
    ] = _LIMITS.queue
    cache_size: Annotated[float, Field(ge=0, le=_MOST_MEGABYTES, description="Megabytes of answers that are kept.")] = (
        32
    )
    trusted_proxies: Annotated[
        str,
        Field(
            description="Proxies whose X-Forwarded-For, -Proto and -Prefix are believed, separated by commas; "
            "none by default."
        ),
    ] = ""
    tls_certificate: Annotated[
        Path | None, Field(description="File of the TLS certificate (PEM), for a server without a proxy.")
    ] = None
    tls_key: Annotated[Path | None, Field(description="File of its key (PEM, PKCS#8).")] = None
    access_log: Annotated[
        Path | None,
        Field(description="File of the access log, a JSON object a line; `-` is standard error; none by default."),
    ] = None

    metrics: Annotated[bool, Field(description="Whether /metrics is open; false answers 404.")] = True

    @property
    def proxies(self) -> list[str]:
        """The addresses and networks of the trusted proxies."""
        return [one.strip() for one in self.trusted_proxies.split(",") if one.strip()]

    @property
    def root_path(self) -> str:
        """The path that all addresses begin with, without a final slash; empty for most servers."""
        return urlsplit(self.public_url).path.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for one in value.split(","):
            try:
                ip_network(one.strip() or "::1")
            except ValueError as error:
                # One that is nothing of the kind would be believed by nobody, and nobody would know.
                raise ValueError(f"a proxy is an IP address or a network of them: {error}") from error
        return value

    def of_each_worker(self) -> Settings:
        """The settings of each process, so that all together take as much as one would; each takes a query at least."""
        return self.model_copy(
            update={
                "query_workers": max(1, self.query_workers // self.workers),
                "queue": -(-self.queue // self.workers),
                "cache_size": self.cache_size / self.workers,
            }
        )

    def limits(self) -> Limits:
        """What a query of a visitor may take. Who waits does so for as long as a query may run."""
        return Limits(
            seconds=self.query_seconds,
            memory=self.query_memory * MEGABYTE,
            answer=int(self.answer_size * MEGABYTE),
            workers=self.query_workers,
            per_client=max(1, self.query_workers // 2),
            queue=self.queue,
            patience=self.query_seconds,
        )

    def export_limits(self) -> Limits:
        """What an export may take. One is made at a time: each takes a processor."""
        return Limits(
            seconds=6 * self.query_seconds,
            memory=2 * self.query_memory * MEGABYTE,
            answer=int(3 * self.answer_size * MEGABYTE),
            workers=1,
            per_client=1,
            queue=self.queue,
            patience=6 * self.query_seconds,
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
        """Flags, then the environment; `settings_from` adds the file. Called by the library of settings.

        :param settings_cls: the class that is made
        :param init_settings: the flags
        :param env_settings: the environment
        :param dotenv_settings: not asked
        :param file_secret_settings: not asked
        """
        return init_settings, env_settings


def settings_from(flags: dict[str, Any], file: Path | None = None) -> Settings:
    """The settings that hold: flags that were given, the environment, a TOML file.

    :param flags: by the names of the settings
    :param file: in TOML; None for none
    :raises NotThere: where there is no such file
    :raises UnknownName: for a setting that is none, with the nearest
    :raises BadInput: naming each setting that is wrong
    """

    said = _said(file) if file else {}

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(cls, settings_cls: type[BaseSettings], *sources: Any, **named: Any) -> Any:
            asked = Settings.settings_customise_sources(settings_cls, *sources, **named)
            return (*asked, InitSettingsSource(settings_cls, said))

    try:
        return FromFile(**flags)
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}, not {e['input']!r}"
            for e in error.errors()
        ]
        raise BadInput("settings: " + "; ".join(wrong)) from error


def _said(file: Path) -> dict[str, Any]:
    """What a file says, by the names of the settings."""
    try:
        said = tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{file}: {error}") from error
    for name in said:
        if name not in Settings.model_fields:
            raise UnknownName("setting", name, nearest(name, Settings.model_fields))
    return said
