"""What flows need from outside, in domain words."""

from countermark.ports.identity import (
    Means,
    OneTimeCodes,
    OpenIdProvider,
    PasskeyCeremonies,
    PasswordHasher,
    SignInLimits,
    Vault,
)
from countermark.ports.outside import Chance, Clock
from countermark.ports.people import Credentials, Limits, People, Sessions
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
    "Credentials",
    "Engine",
    "Given",
    "Journal",
    "Keeping",
    "Kept",
    "Known",
    "Limits",
    "Means",
    "Members",
    "Message",
    "OneTimeCodes",
    "OpenIdProvider",
    "Outbox",
    "PasskeyCeremonies",
    "PasswordHasher",
    "People",
    "RawChunk",
    "Records",
    "Result",
    "RunStore",
    "Sessions",
    "Sightings",
    "SignInLimits",
    "Source",
    "Unit",
    "Vault",
    "Worker",
]
