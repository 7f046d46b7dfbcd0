"""A server's parts, all real: SQLite on disk, a worker process, and the application over its ASGI interface."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
from sqlalchemy import event
from sqlalchemy import text as sql

from countermark.adapters.engines.workers import ProcessWorker
from countermark.apps.http.app import Application, Serving
from countermark.domain.access import MemberKind, Scope
from countermark.wiring import serving as wired

SUSPECT = "Gucci replica bag 1:1"
WAIT_S = 180  # seconds; a worker takes some to start on a busy machine
COUNT = itertools.count()


@dataclass(frozen=True)
class Lent:
    """A `ports.Worker` that goes on when its borrower is done with it."""

    worker: ProcessWorker

    def ask(self, batch):
        return self.worker.ask(batch)

    def close(self):
        pass


class Place:
    """Records with two marketplaces and a brand, and an application over them."""

    def __init__(self, folder, scan, start):
        self.url = f"sqlite:///{folder}/records.db"
        self.file = folder / "records.db"
        self.desk = wired.members_desk(self.url)
        self.keeping, self.scan, self.start, self.line = self.desk.keeping, scan, start, None
        self.desk.add_member("Shop", kind=MemberKind.MARKETPLACE, venues=["shop.example"])
        self.desk.add_member("Two", kind=MemberKind.MARKETPLACE, venues=["one.example", "two.example"])  # fmt: skip
        self.desk.add_member("Gucci", kind=MemberKind.BRAND, venues=[])
        self.key = self.key_of("Shop", Scope.GATE_JUDGE)

    def key_of(self, member, *scopes, days=30):
        """A new key."""
        return self.desk.issue_key(member, name="t", scopes=frozenset(scopes), days=days)

    def serving(self):
        """What an application stands on here; `scan` may be an error, which `load` then raises."""

        def load():
            if isinstance(self.scan, Exception):
                raise self.scan
            return self.scan

        serving = Serving(keeping=self.keeping, load=load, start=self.start)
        return serving if self.line is None else replace(serving, line=self.line)

    @asynccontextmanager
    async def client(self):
        """A client of a running application, without a network between them."""
        application = await asyncio.to_thread(Application, self.serving())
        self.application = application
        async with application.web.router.lifespan_context(application.web):
            over = httpx.ASGITransport(application.served, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=over, base_url="http://gate") as client:
                yield Client(client, self)

    def run(self, act):
        """Run `act(client)`; a test that waits for ever fails."""

        async def whole():
            async with asyncio.timeout(WAIT_S), self.client() as client:
                return await act(client)

        return asyncio.run(whole())

    def kept(self, table):
        """How many rows a table has."""
        with self.keeping.records.reader.connect() as connection:
            return connection.execute(sql(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608  a word of ours

    def when_connected(self, *pragmas):
        """Have SQLite told this whenever a connection is used; returns how to stop it."""

        def told(connection, *_):
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")

        engine = self.keeping.records.writer
        event.listen(engine, "checkout", told)
        return lambda: event.remove(engine, "checkout", told)


@dataclass(frozen=True)
class Client:
    """The gate as a venue calls it."""

    http: httpx.AsyncClient
    place: Place

    async def post(self, body, *, key=None, path="/v1/gate", headers: Mapping[str, str] = {}):
        """Send a body; a mapping as JSON."""
        given = {"Authorization": f"Bearer {key or self.place.key}", **headers}
        content = {"json": body} if isinstance(body, dict) else {"content": body}
        return await self.http.post(path, headers=given, **content)

    async def judge(self, *offers, **more):
        """Send listings; each is a title or a mapping."""
        return await self.post({"listings": [offer(each) for each in offers]}, **more)


def offer(given):
    """A listing with an id that no other has, unless it is given one."""
    given = {"title": given} if isinstance(given, str) else given
    return {"listing_id": f"l{next(COUNT)}", **given}


def kill(worker):
    """Kill a worker's process."""
    os.kill(worker._process.pid, signal.SIGKILL)  # noqa: SLF001  nobody else has its number


def ended(worker):
    """Whether a worker was told to end."""
    return worker._pipe.closed  # noqa: SLF001  it tells nobody else


async def until(true):
    """Wait until `true()` is; a test that waits for ever fails."""
    for _ in range(WAIT_S * 1000):
        if true():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never became true")
