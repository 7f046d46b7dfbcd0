"""The application: what is served at which address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from countermark import __version__
from countermark.apps.http.admission import Admission, Unknown
from countermark.apps.http.describing import described
from countermark.apps.http.gate import Gate
from countermark.apps.http.guarding import Guarded
from countermark.apps.http.line import Line, LineSettings
from countermark.apps.http.metrics import Metrics
from countermark.apps.http.problems import problem, problem_of
from countermark.domain.access import Action, Kind
from countermark.domain.offers import Offer
from countermark.errors import CountermarkError, NotPossible, RunError
from countermark.flows.judge_submissions import GateScan, JudgedBatch, Submission, packed, unpacked
from countermark.flows.keep_judged import Answer, keep
from countermark.ports import Keeping, Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the application stands on.

    Attributes:
        load: reads the gate's knowledge anew from where it was configured.
        start: starts a worker that judges by it.
    """

    keeping: Keeping
    load: Callable[[], GateScan]
    start: Callable[[GateScan], Worker]
    line: LineSettings = field(default_factory=LineSettings)


class Application:
    """One server's parts; the routes are its methods.

    Attributes:
        served: the ASGI application, to be served once.
        line, endpoint: the gate's, from the start to the end.

    Raises:
        CountermarkError: the knowledge cannot be used.
    """

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self._metrics = Metrics()
        self._admission = Admission(serving.keeping.records, serving.keeping.clock)
        self._reloading = asyncio.Lock()
        scan = serving.load()
        self._renew = partial(serving.start, scan)
        self._first = self._started(scan)[0]
        self.line: Line | None = None
        self.web = FastAPI(
            title="Countermark", version=__version__, lifespan=self._life, docs_url=None, redoc_url=None
        )  # fmt: skip
        self.web.add_api_route("/v1/gate", self._gate, methods=["POST"])
        self.web.add_api_route("/v1/gate/knowledge", self._reload, methods=["POST"])
        self.web.add_api_route("/healthz", self._health, methods=["GET"])
        self.web.add_api_route("/readyz", self._ready, methods=["GET"])
        self.web.add_api_route("/metrics", self._page, methods=["GET"])
        for kind in (CountermarkError, HTTPException, Exception):
            self.web.add_exception_handler(kind, _told)
        self.web.openapi = described  # type: ignore[method-assign]
        self.served = Guarded(self.web)

    @asynccontextmanager
    async def _life(self, _: FastAPI) -> AsyncIterator[None]:
        line = Line(
            worker=self._first, renew=self._renew, keep=self._keep,
            settings=self.serving.line, watch=self._metrics.group,
        )  # fmt: skip
        self.line, self.endpoint = line, Gate(line=line, admission=self._admission)
        try:
            yield
        finally:
            await asyncio.to_thread(line.close)
            line.worker.close()

    def close(self) -> None:
        """End what a start that came to nothing has begun."""
        self._first.close()

    def _started(self, scan: GateScan) -> tuple[Worker, str]:
        """A worker that has shown that it can judge, and the version that it judges by.

        Raises:
            CountermarkError: its knowledge cannot be used; nothing changed.
        """
        worker = self.serving.start(scan)
        try:
            version = unpacked(worker.ask(packed([_FIRST]))).version
        except BaseException:
            worker.close()
            raise
        return worker, version

    def _keep(self, submissions: Any, judged: JudgedBatch) -> list[Answer]:
        given: list[Submission] = submissions
        return keep(given, judged, keeping=self.serving.keeping)

    async def _gate(self, request: Request) -> Response:
        status = 500
        try:
            response = await self.endpoint(request)
            status = response.status_code
        finally:
            self._metrics.answered(status)
        return response

    async def _needs(self, request: Request, action: Action, kind: Kind) -> None:
        await self._admission.caller(request.headers.get("authorization"), action, kind)

    async def _reload(self, request: Request) -> dict[str, str]:
        await self._needs(request, Action.SWAP, Kind.SNAPSHOT)
        line = self.line
        if line is None:
            raise RuntimeError("a request before the start")
        async with self._reloading:  # of two at once the second reads what the first did not
            try:
                scan = await asyncio.to_thread(self.serving.load)
                worker, version = await asyncio.to_thread(self._started, scan)
            except CountermarkError as fault:
                raise NotPossible(
                    f"the gate goes on with the knowledge that it has: {fault}", hint=fault.hint
                ) from fault
            before = await asyncio.to_thread(line.change, worker, partial(self.serving.start, scan))  # fmt: skip
        await asyncio.to_thread(before.close)
        return {"version": version}

    async def _health(self) -> dict[str, str]:
        return {"status": "alive"}

    async def _ready(self) -> dict[str, str]:
        if self.line is None or not self.line.is_open:
            raise RunError("the line at the gate is closed")
        await asyncio.to_thread(self._touch)
        return {"status": "ready"}

    def _touch(self) -> None:
        with self.serving.keeping.records.reading() as unit:
            unit.members.key_of("")

    async def _page(self, request: Request) -> Response:
        await self._needs(request, Action.SEE, Kind.REPORT)
        if self.line is not None:
            self._metrics.waiting.set(self.line.waiting)
        return Response(self._metrics.page(), media_type="text/plain; version=0.0.4")


_FIRST = Submission(
    member="",
    actor="",
    venue="",
    offer=Offer(listing_id="0", title="The first listing", price="1.00", currency="EUR"),
)
"""What a new worker judges before it is trusted, so that its loops are ready when the first caller comes."""


async def _told(_: Request, fault: Exception) -> Response:
    """Every error as a problem; of one that nobody expected nothing is said, and the server logs it."""
    if isinstance(fault, Unknown):
        return problem(401, str(fault), fault.hint)
    if isinstance(fault, CountermarkError):
        return problem_of(fault)
    if isinstance(fault, HTTPException):
        answer = problem(fault.status_code, fault.detail.lower())
        answer.headers.update(fault.headers or {})
        return answer
    return problem(500, "a fault of the server, which its log tells of")
