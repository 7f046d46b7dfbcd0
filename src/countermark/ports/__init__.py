"""What flows need from outside, in domain words."""

from countermark.ports.outside import Chance, Clock
from countermark.ports.records import (
    Cases,
    Journal,
    Keeping,
    Kept,
    Known,
    Members,
    Message,
    Outbox,
    Records,
    Sightings,
    Unit,
)
from countermark.ports.scanning import Engine, Given, RawChunk, Result, RunStore, Source, Worker

__all__ = [
    "Cases",
    "Chance",
    "Clock",
    "Engine",
    "Given",
    "Journal",
    "Keeping",
    "Kept",
    "Known",
    "Members",
    "Message",
    "Outbox",
    "RawChunk",
    "Records",
    "Result",
    "RunStore",
    "Sightings",
    "Source",
    "Unit",
    "Worker",
]
