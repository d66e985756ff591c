"""The pages that belong to no query and no thing: the first one, finding by name, the description of the API."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from ivig.export.description import schema_org
from ivig.web.addresses import local_path, public_url, url
from ivig.web.pages import POLICY, STATIC
from ivig.web.served import Here

# The API browser sets style attributes; nothing of a visitor's is shown on its page.
_DOCS_POLICY = POLICY.format(more_style=" 'unsafe-inline'")
_LONGEST_NAME = 300

router = APIRouter(tags=["pages"])


@router.get("/", include_in_schema=False)
def home(here: Here, request: Request) -> Response:
    """The conditions with their verdicts, and the questions."""
    dataset = schema_org(here.graph, public_url(request, here.settings.public_url))
    return here.pages.page(request, "home.html", conditions=here.overview, queries=here.graph.queries, dataset=dataset)


@router.get("/find", summary="The thing of a name", response_class=HTMLResponse)
def find(here: Here, request: Request, name: str = "") -> Response:
    """The thing of a name, or what comes near."""
    names = here.graph.names
    found = names.search(name[:_LONGEST_NAME])
    if len(found) == 1:
        return RedirectResponse(url(request, local_path(found[0])), status_code=303)
    return here.pages.page(request, "find.html", name=name, found=[(iri, names.label(iri), "") for iri in found])


@router.get("/favicon.ico", include_in_schema=False)
def icon() -> Response:
    """What a browser asks for beside a document that names no icon."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


@router.get("/docs", include_in_schema=False)
def docs(here: Here, request: Request) -> Response:
    """The API browser."""
    page = here.pages.page(request, "docs.html")
    page.headers["Content-Security-Policy"] = _DOCS_POLICY
    return page
