"""The words of access: who asks, what for, about which thing, and the answer."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto


class MemberKind(StrEnum):
    """What an organisation of the alliance is; an agent acts for brands under powers of attorney."""

    MARKETPLACE = auto()
    BRAND = auto()
    AGENT = auto()
    TRADE_BODY = auto()
    EXPERT = auto()
    LAW_ENFORCEMENT = auto()
    REGULATOR = auto()


class Role(StrEnum):
    """What a person is trusted with inside their member; `policy.POLICY` says what each may do."""

    ADMIN = auto()  # the member, its people, keys and settings; neither listings nor cases
    ANALYST = auto()  # the desk: claim, decide, undo, escalate
    LEAD_ANALYST = auto()  # also bulk, roll-outs, activation of rules, rescans, golden cases
    AUTHOR = auto()  # packs and rules of the own member
    INVESTIGATOR = auto()  # the network, cases, exports
    AUDITOR = auto()  # reads all that the member has, events and sign-ins too; changes nothing
    VIEWER = auto()  # reads what is plain


class Scope(StrEnum):
    """What a machine's key is good for."""

    GATE_JUDGE = "gate:judge"
    GATE_OPERATE = "gate:operate"  # swap snapshots, run one in the shadow
    LISTINGS_READ = "listings:read"
    DECISIONS_READ = "decisions:read"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    PACKS_WRITE = "packs:write"
    EVENTS_READ = "events:read"
    METRICS_READ = "metrics:read"


class Kind(StrEnum):
    """What a thing is."""

    LISTING = auto()
    DECISION = auto()
    CASE = auto()
    EVENT = auto()
    PACK = auto()
    RULE = auto()
    RULE_MEASURE = auto()
    SNAPSHOT = auto()
    POLICY = auto()
    MEMBER = auto()
    PERSON = auto()
    API_KEY = auto()
    SIGN_IN = auto()
    JOB = auto()  # a rescan or a bulk action
    REPORT = auto()
    LABEL = auto()


class Action(StrEnum):
    """What is asked to be done. To create is asked of the thing as it would be."""

    SEE = auto()
    LIST = auto()
    JUDGE = auto()
    CLAIM = auto()
    DECIDE = auto()
    UNDO = auto()
    ESCALATE = auto()
    BULK = auto()
    CREATE = auto()
    EDIT = auto()
    APPROVE = auto()  # the second look at somebody's work
    SIGN = auto()
    ACTIVATE = auto()
    EVALUATE = auto()  # try without effect; of a snapshot: run it in the shadow
    INVITE = auto()
    DISABLE = auto()
    ISSUE_KEY = auto()
    REVOKE_KEY = auto()
    SWAP = auto()
    RESCAN = auto()
    EXPORT = auto()
    ANSWER = auto()  # of a brand: is it genuine; of an officer: the outcome; of a rule: dispute it
    SHARE = auto()  # give another member a grant


class Purpose(StrEnum):
    """What a session is for, declared when it begins and recorded with each event."""

    ENFORCEMENT = auto()
    INVESTIGATION = auto()
    KNOWLEDGE = auto()
    OPERATION = auto()
    AUDIT = auto()
    STATISTICS = auto()


class Confidentiality(StrEnum):
    """How far a thing may go, each stricter than those above it.

    The last two are both stricter than `member` and not comparable with each other: investigators
    do not read secret tells, nor authors cases.
    """

    PUBLIC = auto()
    ALLIANCE = auto()
    MEMBER = auto()
    NEED_TO_KNOW = auto()
    BRAND_SECRET = auto()


class Relation(StrEnum):
    """How an actor stands to a thing, the closest first. Several may hold; the first that permits counts."""

    OWN = auto()
    AGENT_OF = auto()  # its owner gave the actor's member a power of attorney
    GRANTED = auto()  # its owner shared it with the actor's member
    CONCERNED = auto()  # it names a mark of the actor's member, or of a brand it is agent of
    ALLIANCE = auto()  # a fellow member's
    NONE = auto()


class Field(StrEnum):
    """Parts of a thing that not everybody who may see it may read."""

    SELLER_IDENTITY = auto()
    SECRET_FACTS = auto()  # shown as "a confidential sign of brand X"
    OTHER_BRANDS_FINDINGS = auto()
    REVIEWER_IDENTITY = auto()
    AMOUNTS = auto()  # turnover, units and losses


class Reason(StrEnum):
    """Why something is denied."""

    DISABLED = auto()
    NOBODY = auto()  # nobody may do that to such a thing
    ROLE = auto()
    MEMBER_KIND = auto()
    PURPOSE = auto()
    CLOSED = auto()
    FOUR_EYES = auto()
    RELATION = auto()
    CONFIDENTIAL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """A power of attorney: what an agent may do in a brand's name, and until when.

    Attributes:
        brand: member id of the brand that gave it.
        valid_until: last day in force.
    """

    brand: str
    actions: AbstractSet[Action]
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or a machine, acting for one member.

    Attributes:
        id: of the person or of the key.
        roles: of a person; a machine has none.
        scopes: of a machine; a person has none.
        powers: powers of attorney of its member; they count for agents only.
        fellow: whether its member is in good standing; one that is suspended keeps what is its
            own and what it was granted.
        disabled: whether the person, the key or the member was switched off.
    """

    id: str
    member: str
    kind: MemberKind
    roles: AbstractSet[Role] = frozenset()
    scopes: AbstractSet[Scope] = frozenset()
    powers: tuple[Power, ...] = ()
    fellow: bool = True
    disabled: bool = False

    def __post_init__(self) -> None:
        """Refuse what is a person and a machine at once."""
        if self.roles and self.scopes:
            raise ValueError(f"actor {self.id} has roles and scopes")

    def attorney_for(self, action: Action, on: date) -> frozenset[str]:
        """Brands in whose name `action` may be done on the day `on`."""
        if not self.powers or self.kind is not MemberKind.AGENT:
            return frozenset()
        return frozenset(
            each.brand for each in self.powers if action in each.actions and on <= each.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """That the owner of a thing shared it with a member.

    Attributes:
        valid_until: last day; None: until it is taken back.
    """

    member: str
    valid_until: date | None = None

    def holds(self, member: str, on: date) -> bool:
        """Whether it shares the thing with `member` on the day `on`."""
        return self.member == member and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What access is asked to, as far as the answer depends on it.

    Attributes:
        owner: member id.
        grants: whom the owner shared it with.
        concerned: members whose marks it names, or whose rule it measures.
        suspect: whether a listing was judged suspect, or a decision or label says so.
        closed: ended: a closed case, a withdrawn rule, a revoked key.
        done_by: ids of the actors whose work it is, so far.
    """

    kind: Kind
    owner: str
    confidentiality: Confidentiality = Confidentiality.MEMBER
    grants: tuple[Grant, ...] = ()
    concerned: AbstractSet[str] = frozenset()
    suspect: bool = False
    closed: bool = False
    done_by: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes, save the fields that are hidden.

    Attributes:
        by: the relation that it is owed to.
        hidden: fields of the thing that must not be shown.
    """

    by: Relation
    hidden: frozenset[Field]


@dataclass(frozen=True, slots=True)
class Denied:
    """No.

    Attributes:
        reason: for the log; told to the actor only where `exists`.
        exists: whether the actor may know that there is such a thing: 403 if so, 404 if not.
    """

    reason: Reason
    exists: bool
