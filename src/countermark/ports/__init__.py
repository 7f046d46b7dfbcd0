"""What flows need from outside, in domain words."""

from countermark.ports.outside import Chance, Clock
from countermark.ports.records import (
    Cases,
    Journal,
    Kept,
    Known,
    Members,
    Message,
    Outbox,
    Records,
    Sightings,
    Unit,
)
from countermark.ports.scanning import Engine, Given, RawChunk, Result, RunStore, Source

__all__ = [
    "Cases",
    "Chance",
    "Clock",
    "Engine",
    "Given",
    "Journal",
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
]
