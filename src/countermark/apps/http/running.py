"""Running the application until it is told to end."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn

from countermark.apps.http.app import Application, Serving
from countermark.errors import RunError, UsageError
from countermark.wiring import serving as wired

MOST_WAITED_S = 30  # that who waits at the gate may take before the end
_SWITCH_S = 0.0005  # after which the thread that keeps lets the loop hear others; usually it is ten times as long


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
    with ExitStack() as ending:
        door = ending.enter_context(_door(settings.host, settings.port))
        kept = wired.keeping(settings.records)
        ending.callback(kept.records.close)
        load = partial(
            wired.gate_scan,
            settings.snapshot,
            policy=settings.policy,
            weights=settings.weights,
            shadow=settings.shadow,
        )
        application = Application(Serving(keeping=kept, load=load, start=wired.gate_worker))
        ending.callback(application.close)
        server = uvicorn.Server(_config(application))
        gc.collect()
        gc.freeze()  # what a server is made of stays for good; looking through it would hold up everybody
        sys.setswitchinterval(_SWITCH_S)
        for each in (signal.SIGTERM, signal.SIGINT):  # the server raises it again once it has ended
            signal.signal(each, lambda *_: None)
        server.run(sockets=[door])
        if not server.started:
            raise RunError("the server could not start", hint="the lines above say why")


def _config(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application.served,
        access_log=False,
        log_level="warning",
        http="httptools",
        loop="uvloop",
        server_header=False,
        timeout_graceful_shutdown=MOST_WAITED_S,
    )


def _door(host: str, port: int) -> socket.socket:
    """A socket that listens there, opened before anything else is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as fault:
        named = fault.errno is not None and fault.errno > 0  # faults of names have numbers below
        why = os.strerror(fault.errno or 0) if named else fault.strerror or str(fault)
        raise UsageError(
            f"nothing can listen at {host} port {port}: {why.lower()}",
            hint="give another --host or --port",
        ) from None
