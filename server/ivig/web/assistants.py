"""The graph for AI assistants, by the Model Context Protocol: a few tools, each answer with its sources.

The protocol is the official SDK's. Source: https://modelcontextprotocol.io/
"""

from __future__ import annotations

import functools
import inspect
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ivig import __version__
from ivig.errors import BadInput, IvigError
from ivig.query.condition import Condition
from ivig.query.graph import Answer, Graph
from ivig.query.results import own_columns
from ivig.query.sandbox import Job, Limits, Pool
from ivig.web.problems import detail_of

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

NO_ADVICE = (
    "This is no medical advice and no systematic search: it says what the IVIG Evidence Graph holds. Give the sources "
    "with whatever you take from it, say how strong it is, and leave decisions to the persons who treat."
)
INSTRUCTIONS = (
    "The open knowledge graph of the evidence on intravenous immunoglobulin (IVIG). Begin with `condition` for a "
    "disease or with `search`; `evidence`, `recommendations` and `harms` list what stands behind it, each row with its "
    "source; `compare` puts conditions side by side; `sparql` is for what the others do not answer. " + NO_ADVICE
)
_MOST = 100
"""Rows of one answer: whoever wants all of the graph takes an export."""
_MOST_BYTES = 120_000
"""Bytes of one answer, which an assistant has to read whole."""
_MOST_CONDITIONS = 8
_EXPORT = "the whole graph is an export: `ivig export`, or /export of the server"

Name = Annotated[
    str,
    Field(description="A disease or setting: label, synonym, abbreviation, or an identifier such as MONDO:0016218."),
]
Limit = Annotated[int, Field(description=f"Rows at most, 1 to {_MOST}.")]
Offset = Annotated[int, Field(description="Rows to leave out first, to go on where an answer ended.")]
_Tool = Callable[..., dict[str, Any] | Awaitable[dict[str, Any]]]


class Assistant:
    """The answers for an assistant. Every one has the release, what was taken for a name, and that it is no advice."""

    def __init__(self, graph: Graph, limits: Limits | None = None) -> None:
        """
        :param graph: the graph that is asked
        :param limits: of the sandbox that SPARQL runs in
        """
        self._graph = graph
        self._pool = Pool(graph.release, limits or Limits(workers=1, per_client=1), endpoint=graph.endpoint)

    @asynccontextmanager
    async def running(self, _: object = None) -> AsyncIterator[None]:
        """The sandbox of SPARQL, for as long as the server runs."""
        await self._pool.start()
        try:
            yield
        finally:
            await self._pool.close()

    def search(
        self,
        text: Annotated[str, Field(description="Words; a phrase between quotation marks.")],
        kinds: Annotated[
            list[str] | None,
            Field(description="Only such things: condition, mechanism, adverse event, outcome, citation, statement …"),
        ] = None,
        limit: Limit = 10,
    ) -> dict[str, Any]:
        """Find diseases, mechanisms, harms, publications and statements by name or by words of their findings.

        A condition that is found comes with its verdict and strength; open its address, or ask `condition`.
        """
        hits = self._graph.search(text, kinds, _checked(limit))
        found: list[dict[str, Any]] = []
        for hit in hits:
            verdicts = self._verdicts_of(hit.iri) if hit.kind == "condition" else []
            found.append({**hit.as_dict(), **({"verdicts": verdicts} if verdicts else {})})
        return self._answer({"hits": found} if found else {"hits": [], "note": f'nothing here tells of "{text}"'})

    def condition(self, name: Name) -> dict[str, Any]:
        """What the graph says of IVIG in one disease: verdict and strength for each intent, the statements that these
        rest on, recommendations, licences, harms, and how much more there is."""
        asked = Condition(self._graph, name)
        parts: dict[str, Any] = {"condition": asked.label, "iri": asked.iri, "verdicts": self._verdicts_of(asked.iri)}
        if not parts["verdicts"]:
            parts["note"] = "nothing on efficacy was judged here: that is no evidence of anything"
        counting = Answer(asked.basis.columns, [row for row in asked.basis if row["weight"] is not None])
        for part, answer, shown in (
            ("rests_on", counting, 12),
            ("evidence", asked.evidence, 8),
            ("recommendations", asked.recommendations, 12),
            ("licences", asked.licences, 8),
            ("harms", asked.harms, 8),
        ):
            parts[part] = {"rows": _rows(answer, 0, shown), "of": len(answer)}
        return self._answer(parts, asked.took)

    def evidence(
        self,
        condition: Name,
        direction: Annotated[str | None, Field(description="benefit, no benefit, mixed, harm, unproven …")] = None,
        level: Annotated[int | None, Field(description="Oxford level of the design, 1 (strongest) to 5.")] = None,
        limit: Limit = 20,
        offset: Offset = 0,
    ) -> dict[str, Any]:
        """The statements on whether IVIG helps in a disease, the strongest study first: finding, comparison, outcome,
        numbers, study type, and the publication or passage each was read in."""
        asked = Condition(self._graph, condition)
        rows = asked.evidence.rows
        if direction is not None:
            known = sorted({str(row["direction"]) for row in rows})
            rows = [row for row in rows if row["direction"] == direction.strip().lower()]
            if not rows:
                raise BadInput(
                    f'no statement on {asked.label} has the direction "{direction}"; there are {", ".join(known)}'
                )
        if level is not None:
            rows = [row for row in rows if row["level"] == level]
        return self._listed(asked, Answer(asked.evidence.columns, rows), limit, offset)

    def recommendations(self, condition: Name, limit: Limit = 20, offset: Offset = 0) -> dict[str, Any]:
        """What guidelines and other bodies recommend in a disease, the newest first, with edition, grade and source."""
        asked = Condition(self._graph, condition)
        return self._listed(asked, asked.recommendations, limit, offset)

    def harms(
        self,
        condition: Annotated[str | None, Field(description="A disease; all of them where none is given.")] = None,
        event: Annotated[str | None, Field(description="An adverse event, such as thrombosis or hemolysis.")] = None,
        limit: Limit = 20,
        offset: Offset = 0,
    ) -> dict[str, Any]:
        """Adverse events of IVIG: how often, how severe, in whom, and where that was read."""
        given = {name: value for name, value in (("condition", condition), ("event", event)) if value}
        answer = self._graph.query("adverse-events", **given)
        asked = Condition(self._graph, condition) if condition else None
        if asked is not None:
            return self._listed(asked, answer, limit, offset, answer.took)
        return self._answer({**_page(answer, limit, offset)}, answer.took)

    def compare(
        self,
        conditions: Annotated[list[str], Field(description=f"Two to {_MOST_CONDITIONS} diseases.")],
    ) -> dict[str, Any]:
        """Several diseases side by side: verdict, strength, number of statements by direction, the strongest study."""
        if not 2 <= len(conditions) <= _MOST_CONDITIONS:
            raise BadInput(f"give two to {_MOST_CONDITIONS} conditions")
        asked = [Condition(self._graph, name) for name in conditions]
        compared = []
        for each in asked:
            best = _rows(each.evidence, 0, 1)
            compared.append(
                {
                    "condition": each.label,
                    "iri": each.iri,
                    "verdicts": self._verdicts_of(each.iri),
                    "statements": len(each.evidence),
                    "recommendations": len(each.recommendations),
                    "strongest": best[0] if best else None,
                }
            )
        return self._answer({"conditions": compared}, [line for each in asked for line in each.took])

    async def sparql(
        self,
        query: Annotated[str, Field(description="SELECT, ASK, CONSTRUCT or DESCRIBE; the graph's prefixes are known.")],
    ) -> dict[str, Any]:
        """Ask in SPARQL 1.1, read only, in a sandbox with limits of time and memory. Statements are `ivig:Statement`
        with `ivig:condition`, `ivig:direction`, `ivig:studyType`, `ivig:finding`, `ivig:citation`; names are
        `skos:prefLabel`. Verdicts are better had from `condition`."""
        out = io.BytesIO()
        limits = self._pool.limits
        job = Job(query, seconds=limits.seconds, answer=limits.answer)
        format_name = await self._pool.answer(job, "assistant", out)
        if format_name != "json":
            text = out.getvalue().decode()
            cut = text[:_MOST_BYTES].rpartition("\n")[0] if len(text) > _MOST_BYTES else text
            return self._answer({"turtle": cut, **({"note": f"cut; {_EXPORT}"} if cut != text else {})})
        if "boolean" in (said := json.loads(out.getvalue())):
            return self._answer({"boolean": said["boolean"]})
        answer = Answer.from_json(out.getvalue())
        more = len(answer) - _MOST
        note = {"note": f"{more} rows more: take LIMIT and OFFSET; {_EXPORT}"} if more > 0 else {}
        rows = [{name: _plain(row[name]) for name in answer.columns} for row in answer.rows[:_MOST]]
        return self._answer({"columns": answer.columns, "rows": rows, **note})

    def _listed(
        self, asked: Condition, answer: Answer, limit: int, offset: int, took: Iterable[str] | None = None
    ) -> dict[str, Any]:
        head = {"condition": asked.label, "iri": asked.iri, "verdicts": self._verdicts_of(asked.iri)}
        return self._answer({**head, **_page(answer, limit, offset)}, asked.took if took is None else took)

    def _verdicts_of(self, iri: str) -> list[dict[str, Any]]:
        answer = self._graph.query("evidence-summary", condition=iri)
        return _rows(answer, 0, len(answer))

    def _answer(self, parts: dict[str, Any], took: Iterable[str] = ()) -> dict[str, Any]:
        """An answer with what stands in every one, and no longer than an assistant can read."""
        taken = list(took)
        answer = {
            **({"took": taken} if taken else {}),
            **parts,
            "release": self._graph.release.digest[:16],
            "notice": NO_ADVICE,
        }
        if len(json.dumps(answer, ensure_ascii=False).encode()) > _MOST_BYTES:
            raise BadInput(f"the answer is too long to be read at once: ask with a smaller limit; {_EXPORT}")
        return answer


def assistants_server(graph: Graph, limits: Limits | None = None) -> MCPServer[None]:
    """The server of the protocol, not yet running.

    :param graph: the graph that is asked
    :param limits: of the sandbox that SPARQL runs in
    :raises BadInput: where the SDK is not installed
    """
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp_types import ToolAnnotations
    except ImportError as error:
        raise BadInput("ivig mcp needs the SDK of the protocol: pip install 'ivig[assistants]'") from error
    assistant = Assistant(graph, limits)
    server = MCPServer[None](
        "ivig",
        title="IVIG Evidence Graph",
        version=__version__,
        instructions=INSTRUCTIONS,
        log_level="WARNING",
        lifespan=assistant.running,
    )
    tools: tuple[_Tool, ...] = (
        assistant.search,
        assistant.condition,
        assistant.evidence,
        assistant.recommendations,
        assistant.harms,
        assistant.compare,
        assistant.sparql,
    )
    for tool in tools:
        server.add_tool(
            _told(tool),
            description=inspect.getdoc(tool),
            annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )
    return server


def _told(tool: _Tool) -> _Tool:
    """The tool with our errors as what an assistant is told: what is wrong, and what would do."""
    from mcp.server.mcpserver.exceptions import ToolError

    if inspect.iscoroutinefunction(tool):

        @functools.wraps(tool)
        async def told_later(*args: Any, **kwargs: Any) -> Any:
            try:
                return await tool(*args, **kwargs)
            except IvigError as error:
                raise ToolError(detail_of(error)) from error

        return told_later

    @functools.wraps(tool)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return tool(*args, **kwargs)
        except IvigError as error:
            raise ToolError(detail_of(error)) from error

    return told


def _page(answer: Answer, limit: int, offset: int) -> dict[str, Any]:
    rows = _rows(answer, max(offset, 0), _checked(limit))
    left = len(answer) - max(offset, 0) - len(rows)
    note = {"note": f"{left} more: ask with offset {max(offset, 0) + len(rows)}"} if left > 0 else {}
    return {"rows": rows, "of": len(answer), **note}


def _checked(limit: int) -> int:
    if not 1 <= limit <= _MOST:
        raise BadInput(f"limit is 1 to {_MOST}, not {limit}; {_EXPORT}")
    return limit


def _rows(answer: Answer, begin: int, number: int) -> list[dict[str, Any]]:
    """Rows for reading: what has a value, by its label, with the addresses of the statement and the publication."""
    return [_row(row, own_columns(answer.columns)) for row in answer.rows[begin : begin + number]]


def _row(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    sources: dict[str, Any] = {}
    for name in names:
        if (value := row[name]) is None:
            continue
        label = row.get(f"{name}_label")
        if name == "statement":
            sources["statement"] = value
        elif name == "citation":
            sources |= {"publication": label or value, "publication_iri": value}
        elif name in ("pmid", "doi", "page", "source", "passage", "citation_status"):
            sources[name] = label or value
        else:
            told[name] = _plain(label if label is not None else value)
    return {**told, **({"sources": sources} if sources else {})}


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
