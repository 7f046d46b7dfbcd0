"""The application: what is served at which address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi

from countermark import __version__
from countermark.apps.http.admission import Admission, Unknown
from countermark.apps.http.gate import Gate
from countermark.apps.http.line import Line
from countermark.apps.http.messages import GateRequest, GateResponse
from countermark.apps.http.metrics import Metrics
from countermark.apps.http.problems import Problem, problem, problem_of
from countermark.domain.access import Action, Kind
from countermark.domain.offers import Offer
from countermark.errors import CountermarkError
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


class Application:
    """One server's parts; the routes are its methods."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._metrics = Metrics()
        self._admission = Admission(serving.keeping.records, serving.keeping.clock)
        self._scan = serving.load()
        self._line: Line | None = None
        self.web = FastAPI(
            title="Countermark", version=__version__, lifespan=self._life, docs_url=None, redoc_url=None
        )  # fmt: skip
        self.web.add_api_route("/v1/gate", self._gate, methods=["POST"], include_in_schema=False)
        self.web.add_api_route("/v1/gate/knowledge", self._reload, methods=["POST"])
        self.web.add_api_route("/healthz", self._health, methods=["GET"])
        self.web.add_api_route("/readyz", self._ready, methods=["GET"])
        self.web.add_api_route("/metrics", self._page, methods=["GET"])
        self.web.add_exception_handler(CountermarkError, _told)
        self.web.openapi = self._openapi  # type: ignore[method-assign]

    @asynccontextmanager
    async def _life(self, _: FastAPI) -> AsyncIterator[None]:
        worker = (await asyncio.to_thread(self._started, self._scan))[0]
        self._line = Line(
            worker=worker, renew=lambda: self._serving.start(self._scan), keep=self._keep, watch=self._metrics.group
        )  # fmt: skip
        self._endpoint = Gate(self._line, self._admission)
        yield
        await asyncio.to_thread(self._line.close)
        self._line.worker.close()

    def _started(self, scan: GateScan) -> tuple[Worker, str]:
        """A worker that has shown that it can judge, and the version that it judges by.

        Raises:
            CountermarkError: its knowledge cannot be used; nothing changed.
        """
        worker = self._serving.start(scan)
        try:
            version = unpacked(worker.ask(packed([_FIRST]))).version
        except BaseException:
            worker.close()
            raise
        return worker, version

    def _keep(self, submissions: Any, judged: JudgedBatch) -> list[Answer]:
        given: list[Submission] = submissions
        return keep(given, judged, keeping=self._serving.keeping)

    async def _gate(self, request: Request) -> Response:
        response = await self._endpoint(request)
        self._metrics.answered(response.status_code)
        return response

    async def _needs(self, request: Request, action: Action, kind: Kind) -> None:
        await self._admission.caller(request.headers.get("authorization"), action, kind)

    async def _reload(self, request: Request) -> dict[str, str]:
        """Read snapshot, policy and weights anew and judge by them from now on; what is under way is finished first.

        If they cannot be used, the gate goes on with those that it has.
        """
        await self._needs(request, Action.SWAP, Kind.SNAPSHOT)
        scan = await asyncio.to_thread(self._serving.load)
        worker, version = await asyncio.to_thread(self._started, scan)
        line = self._line
        if line is None:
            worker.close()
            raise RuntimeError("a request before the start")
        before = await asyncio.to_thread(line.change, worker)
        self._scan = scan
        await asyncio.to_thread(before.close)
        return {"version": version}

    async def _health(self) -> dict[str, str]:
        """Whether the process lives."""
        return {"status": "alive"}

    async def _ready(self) -> Response:
        """Whether listings can be judged and kept now."""
        try:
            await asyncio.to_thread(self._touch)
        except CountermarkError as fault:
            return problem(503, str(fault), fault.hint)
        return Response(b'{"status":"ready"}', media_type="application/json")

    def _touch(self) -> None:
        with self._serving.keeping.records.reading() as unit:
            unit.members.key_of("")

    async def _page(self, request: Request) -> Response:
        """Counters for Prometheus."""
        await self._needs(request, Action.SEE, Kind.REPORT)
        if self._line is not None:
            self._metrics.waiting.set(self._line.waiting)
        return Response(self._metrics.page(), media_type="text/plain; version=0.0.4")

    def _openapi(self) -> dict[str, Any]:
        """The OpenAPI document, the gate's own types included."""
        if self.web.openapi_schema is None:
            document = get_openapi(title="Countermark", version=__version__, routes=self.web.routes)
            _, parts = msgspec.json.schema_components(
                [GateRequest, GateResponse, Problem], ref_template="#/components/schemas/{name}"
            )
            document.setdefault("components", {}).setdefault("schemas", {}).update(parts)
            document["paths"]["/v1/gate"] = {"post": _GATE_PATH}
            self.web.openapi_schema = document
        return self.web.openapi_schema


_FIRST = Submission(
    member="",
    actor="",
    venue="",
    offer=Offer(listing_id="0", title="The first listing", price="1.00", currency="EUR"),
)
"""What a new worker judges before it is trusted, so that its loops are ready when the first caller comes."""


def _json(name: str, description: str) -> dict[str, Any]:
    media = "application/problem+json" if name == "Problem" else "application/json"
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": description, "content": {media: {"schema": schema}}}


_GATE_PATH: dict[str, Any] = {
    "operationId": "gate",
    "summary": "Judge new and edited listings",
    "requestBody": {"required": True, **_json("GateRequest", "Listings of one venue")},
    "responses": {
        "200": _json("GateResponse", "A decision for each listing"),
        **{
            status: _json("Problem", words)
            for status, words in {
                "401": "No good key",
                "403": "The key does not open that",
                "422": "Nothing could be read",
                "429": "Too much at once",
                "503": "Not now",
            }.items()
        },
    },
}


async def _told(_: Request, fault: Exception) -> Response:
    if isinstance(fault, Unknown):
        return problem(401, str(fault), fault.hint)
    if isinstance(fault, CountermarkError):
        return problem_of(fault)
    raise fault
