"""What is counted while the gate works, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_LISTINGS = (1, 4, 16, 64, 256, 1024, 4096)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._groups = Histogram(
            "countermark_gate_group_seconds",
            "From the arrival of the first request of a group to its answer",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._sizes = Histogram(
            "countermark_gate_group_listings",
            "Listings that went through the gate together",
            buckets=_LISTINGS,
            registry=self._registry,
        )
        self._answers = Counter(
            "countermark_gate_answers",
            "Requests to the gate by status",
            ["status"],
            registry=self._registry,
        )
        self._limits = Counter(
            "countermark_gate_limits",
            "Groups in which a breaker tripped or a cap was reached",
            registry=self._registry,
        )
        self.waiting = Gauge(
            "countermark_gate_waiting_listings", "Listings in the line", registry=self._registry
        )

    def group(self, size: int, seconds: float, notes: Sequence[str]) -> None:
        """Count a group that went through."""
        self._groups.observe(seconds)
        self._sizes.observe(size)
        if notes:
            self._limits.inc()

    def answered(self, status: int) -> None:
        """Count an answer."""
        self._answers.labels(str(status)).inc()

    def page(self) -> bytes:
        """Everything counted, in the text form of Prometheus."""
        return generate_latest(self._registry)
