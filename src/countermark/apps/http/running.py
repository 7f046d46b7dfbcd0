"""Running the application until it is told to end."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn

from countermark.apps.http.app import Application, Serving
from countermark.wiring import serving as wired


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What a server is started with.

    Attributes:
        records: URL of the database.
        shadow: decide and keep, and let nothing follow.
    """

    host: str
    port: int
    records: str
    snapshot: Path
    policy: Path
    weights: Path | None
    shadow: bool


def run(settings: ServerSettings) -> None:
    """Serve until SIGTERM or Ctrl-C; who waits at the gate is let through first.

    Raises:
        CountermarkError: something that is needed cannot be read or opened.
    """
    kept = wired.keeping(settings.records)
    load = partial(
        wired.gate_scan,
        settings.snapshot,
        policy=settings.policy,
        weights=settings.weights,
        shadow=settings.shadow,
    )
    application = Application(Serving(keeping=kept, load=load, start=wired.gate_worker))
    for told in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # the server raises them again once it has ended well
        signal.signal(told, lambda *_: None)
    try:
        uvicorn.run(
            application.web,
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_level="warning",
            http="httptools",
            loop="uvloop",
            server_header=False,
        )
    finally:
        kept.records.close()
