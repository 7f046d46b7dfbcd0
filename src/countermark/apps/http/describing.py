"""The OpenAPI document: every route, what it is sent, and everything that it may answer."""

from __future__ import annotations

from functools import cache
from inspect import cleandoc
from typing import Any, Final

import msgspec

from countermark import __version__
from countermark.apps.http.messages import GateRequest, GateResponse, Loaded, Problem, Status

_WORDS: Final = {
    "400": "The request ended before its end",
    "401": "No good key",
    "403": "The key does not open that",
    "408": "The request did not arrive in time",
    "409": "The new knowledge cannot be used; the gate goes on with the one that it has",
    "413": "The request is too long",
    "422": "Nothing could be read",
    "429": "Too much at once; nothing was done, send it again",
    "500": "A fault of the server",
    "503": "Not now; nothing was kept, send it again",
}
_KEYS: Final[list[dict[str, list[str]]]] = [{"key": []}]


@cache
def described() -> dict[str, Any]:
    """The document, OpenAPI 3.1."""
    _, parts = msgspec.json.schema_components(
        [GateRequest, GateResponse, Loaded, Status, Problem],
        ref_template="#/components/schemas/{name}",
    )
    for part in parts.values():
        part["description"] = cleandoc(part["description"])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Countermark", "version": __version__},
        "paths": {
            "/v1/gate": {
                "post": {
                    **_route("gate", "Judge new and edited listings", _GATE, _JUDGED),
                    "requestBody": {"required": True, **_json("GateRequest", "Of one venue")},
                    "security": _KEYS,
                }
            },
            "/v1/gate/knowledge": {
                "post": {
                    **_route("swap", "Judge by other knowledge", _SWAP, _LOADED),
                    "security": _KEYS,
                }
            },
            "/healthz": {"get": _route("health", "Whether the process lives", "", _STATUS)},
            "/readyz": {"get": _route("ready", "Whether listings can be judged and kept now", "", _STATUS_NOW)},
            "/metrics": {
                "get": {
                    **_route("metrics", "Counters for Prometheus", "", _COUNTERS),
                    "security": _KEYS,
                }
            },
        },
        "components": {
            "schemas": parts,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "A key that countermark key issue made"}},
        },
    }  # fmt: skip


def _route(name: str, summary: str, description: str, answers: dict[str, Any]) -> dict[str, Any]:
    told = {"description": description} if description else {}
    return {"operationId": name, "summary": summary, **told, "responses": answers}


def _json(name: str, description: str) -> dict[str, Any]:
    media = "application/problem+json" if name == "Problem" else "application/json"
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": description, "content": {media: {"schema": schema}}}


def _answers(good: dict[str, Any], *bad: str) -> dict[str, Any]:
    return {"200": good, **{status: _json("Problem", _WORDS[status]) for status in (*bad, "500")}}


_PLAIN: Final = {
    "description": "Text form of Prometheus",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}
_JUDGED: Final = _answers(
    _json("GateResponse", "A decision for each listing"),
    "400", "401", "403", "408", "413", "422", "429", "503",
)  # fmt: skip
_LOADED: Final = _answers(_json("Loaded", "What is judged by now"), "401", "403", "409", "503")
_STATUS: Final = _answers(_json("Status", "It does"))
_STATUS_NOW: Final = _answers(_json("Status", "They can"), "503")
_COUNTERS: Final = _answers(_PLAIN, "401", "403", "503")
_GATE: Final = (
    "Every listing is answered in its place. One that cannot be read stops no other: its answer has an `error`. Only where "
    "none can be read the whole request is refused. The same content again is answered with the decision that was made."
)
_SWAP: Final = (
    "Reads snapshot, policy and weights anew and judges by them from now on; what is under way is finished first. If they "
    "cannot be used, the gate goes on with those that it has."
)
