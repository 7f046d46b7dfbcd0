"""What the tests of the HTTP interface stand on; `places` says how."""

from __future__ import annotations

import re

import pytest
from places import Lent, Place

from countermark.adapters.engines.workers import ProcessWorker
from countermark.decision.policy import parse_policy, policy_plain
from countermark.decision.weights import prior_weights, weights_plain
from countermark.flows.judge_submissions import GateScan
from countermark.knowledge.snapshot import snapshot_bytes

POLICY = "balanced"
NO_LIMITS = {"acted_share": 1.0, "acted_least": 100_000, "least_findings": 100_000}
"""So that what one test sends does not change what another is answered."""


@pytest.fixture(scope="session")
def gate_scan(snapshot, request) -> GateScan:
    """What the gate judges by: the core pack and ten brands."""
    path = request.config.rootpath / "policies" / f"{POLICY}.toml"
    text = path.read_text()
    for name, value in NO_LIMITS.items():
        text = re.sub(rf"^{name}\b.*$", f"{name} = {value}", text, flags=re.MULTILINE)
    policy = parse_policy(text, source=str(path))
    return GateScan(
        snapshot=snapshot_bytes(snapshot),
        policy=policy_plain(policy),
        weights=weights_plain(prior_weights(snapshot.rules)),
        shadow=False,
    )


@pytest.fixture(scope="session")
def judge(gate_scan):
    """One worker process for all tests that do not end it; whoever is lent it cannot close it."""
    with ProcessWorker(gate_scan) as worker:
        yield Lent(worker)


@pytest.fixture
def place(tmp_path, gate_scan, judge):
    """Fresh records, judged for by the worker of the session."""
    place = Place(tmp_path, gate_scan, lambda _: judge)
    yield place
    place.keeping.records.close()


@pytest.fixture
def own_workers(tmp_path, gate_scan):
    """Fresh records with workers of their own, which may be killed: `own_workers.workers`, the newest last."""
    workers = []

    def start(scan):
        workers.append(ProcessWorker(scan))
        return workers[-1]

    place = Place(tmp_path, gate_scan, start)
    place.workers = workers
    yield place
    place.keeping.records.close()
    for worker in workers:
        worker.close()
