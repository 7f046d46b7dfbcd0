"""Who may see or do what: `decide`, pure and total, over the tables of `policy`."""

from __future__ import annotations

from countermark.domain.access.deciding import Condition, Filter, decide, visible
from countermark.domain.access.words import (
    Action,
    Actor,
    Allowed,
    Confidentiality,
    Denied,
    Field,
    Grant,
    Kind,
    MemberKind,
    Power,
    Purpose,
    Reason,
    Relation,
    Role,
    Scope,
    Thing,
)

__all__ = [
    "Action",
    "Actor",
    "Allowed",
    "Condition",
    "Confidentiality",
    "Denied",
    "Field",
    "Filter",
    "Grant",
    "Kind",
    "MemberKind",
    "Power",
    "Purpose",
    "Reason",
    "Relation",
    "Role",
    "Scope",
    "Thing",
    "decide",
    "visible",
]
