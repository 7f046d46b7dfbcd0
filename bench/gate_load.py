"""A load generator for the gate: keeps a rate, or as many requests under way as asked, and says how long they took.

Times are from the moment a request was due, so that a server that falls behind cannot hide it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

HEAD = (
    "POST /v1/gate HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
    "Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
)


@dataclass(slots=True)
class Load:
    """What came of a run.

    Attributes:
        seconds: from due to answered, of each request that was accepted.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    took: float = 0.0

    def quantile(self, share: float) -> float:
        """Milliseconds within which that share of the accepted requests was answered."""
        return float(np.quantile(self.seconds, share)) * 1000 if self.seconds else float("nan")


def request_bytes(body: bytes, key: str) -> bytes:
    """One whole request."""
    return HEAD.format(key=key, size=len(body)).encode() + body


class _Connection(asyncio.Protocol):
    """One connection that sends one request after the other; answers are told by Content-Length."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, fault: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(fault or ConnectionResetError())

    async def ask(self, request: bytes) -> int:
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)  # type: ignore[attr-defined]
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._data += data
        head = self._data.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._data.lower().find(b"content-length:", 0, head)
        size = int(self._data[at + 15 : self._data.find(b"\r\n", at)])
        if len(self._data) >= head + 4 + size:
            status = int(self._data[9:12])
            del self._data[: head + 4 + size]
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(status)


async def at_rate(
    requests: Sequence[bytes],
    *,
    port: int,
    rate: float,
    connections: int = 256,
    from_sent: bool = False,
) -> Load:
    """Requests sent at a steady rate a second, whatever the server does.

    Args:
        from_sent: count from when a connection was free: of more requests than can be under way, most wait here.
    """
    load, loop = Load(), asyncio.get_running_loop()
    idle: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(connections):
        _, connection = await loop.create_connection(_Connection, "127.0.0.1", port)
        idle.put_nowait(connection)
    begin = time.perf_counter()

    async def one(request: bytes, due: float) -> None:
        connection = await idle.get()
        if from_sent:
            due = time.perf_counter()
        status = await connection.ask(request)
        idle.put_nowait(connection)
        load.statuses[status] += 1
        if status == 200:
            load.seconds.append(time.perf_counter() - due)

    tasks = []
    for number, request in enumerate(requests):
        due = begin + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*tasks)
    load.took = time.perf_counter() - begin
    return load


async def as_fast_as(requests: Sequence[bytes], *, port: int, connections: int) -> Load:
    """Requests sent as fast as so many connections get their answers."""
    load, loop, left = Load(), asyncio.get_running_loop(), iter(requests)

    async def one(left: Iterator[bytes]) -> None:
        _, connection = await loop.create_connection(_Connection, "127.0.0.1", port)
        for request in left:
            due = time.perf_counter()
            status = await connection.ask(request)
            load.statuses[status] += 1
            if status == 200:
                load.seconds.append(time.perf_counter() - due)

    begin = time.perf_counter()
    await asyncio.gather(*(one(left) for _ in range(connections)))
    load.took = time.perf_counter() - begin
    return load


def bodies(listings: Sequence[bytes], together: int) -> Iterator[bytes]:
    """Bodies of `together` listings each."""
    for at in count(0, together):
        some = listings[at : at + together]
        if len(some) < together:
            return
        yield b'{"listings":[' + b",".join(some) + b"]}"
