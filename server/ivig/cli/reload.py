"""`ivig reload`."""

from __future__ import annotations

from typing import Annotated

import typer


def reload(
    port: Annotated[int, typer.Option(envvar="IVIG_PORT", min=1, max=65535, help="Port of the server.")] = 8000,
    seconds: Annotated[float, typer.Option(min=0, help="Seconds to wait until it has changed.")] = 60,
) -> None:
    """Tell the server at a port to take the newest release. Requests in flight end on the old one; none fails.

    Example: ivig build && ivig reload
    """
    from ivig.web.running import reload as take_newest

    state = take_newest(port, seconds)
    print(f"Serving release {state.release[:12]} at port {port}")
