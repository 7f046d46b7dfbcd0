"""The policy of access as tables: read them top down, everything that no row allows is denied.

A row of `MAY` is one permission: the actions, the roles of persons or scopes of machines that
suffice (one of them), the relations that open the thing, the purposes that a session may have,
and the kinds of member that may (none named: all). Every pair of a kind of thing and an action
stands in exactly one row; `nobody` is written out, so that a new action is not forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermark.domain.access.reading import read_fields, read_permissions, read_shown
from countermark.domain.access.words import (
    Action,
    Confidentiality,
    Kind,
    Purpose,
    Relation,
    Role,
    Scope,
)

GROUPS: Final[Mapping[str, str]] = {
    "handle": "claim decide undo escalate",
    "launch": "sign activate evaluate",
    "keys": "issue_key revoke_key",
    "desk": "analyst lead_analyst",
    "casework": "analyst lead_analyst investigator",
    "readers": "analyst lead_analyst author investigator auditor viewer",
    "persons": " ".join(Role),
    "machines": " ".join(Scope),
    "ties": "own agent_of granted",
    "all": "own agent_of granted alliance none",  # `none` opens what is public only
    "pursuit": "enforcement investigation",
    "identified": "enforcement investigation knowledge operation audit",  # all but statistics
    "claimants": "brand agent trade_body expert",
    "neutral": "marketplace trade_body expert law_enforcement regulator",
}
"""Words of the tables that stand for several."""

# Listings are never edited and events never touched: people supersede, the system writes. Secrets of
# brands are compiled into snapshots, hence nobody exports one. Whom the alliance admits (create and
# disable a member) is its operator's to say, outside of this table.
MAY: Final = """
  actions                       | roles or scopes                           | relations                 | purposes               | members
listing
  see list                      | readers listings:read                     | ties concerned            | any
  create judge                  | desk gate:judge                           | own                       | enforcement operation  | marketplace
  handle                        | desk                                      | own                       | enforcement            | marketplace
  bulk                          | lead_analyst                              | own                       | enforcement            | marketplace
  rescan                        | lead_analyst                              | own                       | enforcement operation  | marketplace
  answer                        | desk                                      | granted concerned         | enforcement            | claimants
  export                        | lead_analyst investigator auditor         | ties                      | pursuit audit
  share                         | lead_analyst investigator                 | own                       | pursuit
  edit approve launch invite disable keys swap | nobody
decision
  see list                      | readers decisions:read                    | ties concerned            | any
  create                        | desk gate:judge                           | own                       | enforcement operation  | marketplace
  handle                        | desk                                      | own                       | enforcement            | marketplace
  approve bulk                  | lead_analyst                              | own                       | enforcement            | marketplace
  answer                        | desk                                      | granted concerned         | enforcement            | claimants
  export                        | lead_analyst investigator auditor         | ties                      | pursuit audit
  share                         | lead_analyst investigator                 | own                       | pursuit
  judge edit launch invite disable keys swap rescan | nobody
case
  see list                      | casework auditor cases:read cases:write   | ties                      | pursuit audit
  create edit                   | casework cases:write                      | own agent_of              | pursuit
  handle                        | casework                                  | own                       | pursuit
  answer                        | casework cases:write                      | ties                      | pursuit
  approve                       | lead_analyst investigator                 | own                       | pursuit
  bulk                          | lead_analyst                              | own agent_of              | enforcement
  export                        | investigator                              | ties                      | pursuit
  share                         | investigator                              | own                       | pursuit
  judge launch invite disable keys swap rescan | nobody
event
  see list                      | auditor events:read                       | own granted               | audit statistics
  export                        | auditor events:read                       | own granted               | audit
  judge handle bulk create edit approve launch invite disable keys swap rescan answer share | nobody
pack rule
  see list                      | readers packs:write                       | all                       | any
  create edit                   | author packs:write                        | own agent_of              | knowledge
  approve share                 | author                                    | own                       | knowledge
  evaluate                      | desk author                               | ties alliance             | knowledge operation
  activate disable              | lead_analyst                              | own granted alliance      | enforcement operation  | marketplace
  export                        | lead_analyst author auditor               | ties                      | any
  answer                        | desk author                               | granted alliance          | enforcement knowledge
pack
  sign                          | author                                    | own                       | knowledge
pack rule
  judge handle bulk invite keys swap rescan | nobody
rule
  sign | nobody
rule_measure
  see list                      | readers metrics:read                      | ties concerned alliance   | any
  export                        | lead_analyst author auditor               | ties                      | any
  share                         | lead_analyst                              | own                       | knowledge operation statistics
  judge handle bulk create edit approve launch invite disable keys swap rescan answer | nobody
snapshot
  see list                      | admin lead_analyst author auditor gate:judge gate:operate metrics:read | own granted               | any
  create                        | lead_analyst gate:operate                 | own                       | knowledge operation
  swap evaluate                 | lead_analyst gate:operate                 | own                       | operation              | marketplace
  judge handle bulk edit approve sign activate invite disable keys rescan export answer share | nobody
policy
  see list                      | admin desk auditor viewer gate:judge gate:operate | own granted               | any
  create edit evaluate          | lead_analyst                              | own                       | operation              | marketplace
  approve activate              | lead_analyst                              | own                       | operation              | marketplace
  export                        | lead_analyst auditor                      | own granted               | any
  share                         | lead_analyst                              | own                       | operation              | marketplace
  judge handle bulk sign invite disable keys swap rescan answer | nobody
member
  see list                      | persons machines                          | all                       | any
  edit invite                   | admin                                     | own                       | operation
  export                        | admin auditor                             | own                       | operation audit
  judge handle bulk create approve launch disable keys swap rescan answer share | nobody
person
  see list                      | admin auditor                             | own                       | operation audit
  invite edit disable           | admin                                     | own                       | operation
  export                        | auditor                                   | own                       | audit
  judge handle bulk create approve launch keys swap rescan answer share | nobody
api_key
  see list                      | admin auditor                             | own                       | operation audit
  keys disable                  | admin                                     | own                       | operation
  export                        | auditor                                   | own                       | audit
  judge handle bulk create edit approve launch invite swap rescan answer share | nobody
sign_in
  see list                      | admin auditor                             | own                       | operation audit
  export                        | auditor                                   | own                       | audit
  judge handle bulk create edit approve launch invite disable keys swap rescan answer share | nobody
job
  see list                      | admin desk auditor gate:operate metrics:read | own                       | any
  create approve disable undo   | lead_analyst                              | own                       | enforcement operation
  bulk                          | lead_analyst                              | own                       | enforcement
  rescan                        | lead_analyst                              | own                       | enforcement operation  | marketplace
  export                        | auditor                                   | own                       | audit
  judge claim decide escalate edit launch invite keys swap answer share | nobody
report
  see list export               | persons metrics:read                      | all                       | any
  create                        | lead_analyst investigator                 | own                       | pursuit statistics
  approve sign share            | lead_analyst                              | own                       | pursuit statistics
  judge handle bulk edit activate evaluate invite disable keys swap rescan answer | nobody
label
  see list                      | desk author investigator auditor          | ties concerned            | any
  create undo                   | lead_analyst                              | own                       | enforcement knowledge
  export                        | lead_analyst auditor                      | own granted               | any
  share                         | lead_analyst                              | own                       | enforcement knowledge
  judge claim decide escalate bulk edit approve launch invite disable keys swap rescan answer | nobody
"""

SHOWN: Final = """
  field                         | roles or scopes                           | relations                 | purposes               | members
  seller_identity               | casework cases:read cases:write           | ties                      | pursuit
  secret_facts                  | author                                    | own                       | any                    | brand
  other_brands_findings         | persons machines                          | own                       | any
  other_brands_findings         | persons machines                          | granted                   | any                    | neutral
  reviewer_identity             | casework admin auditor events:read        | own                       | identified
  amounts                       | persons machines                          | own agent_of              | any
  amounts                       | persons machines                          | granted                   | pursuit audit
"""
"""Who may read the fields of `CARRIED`; they are hidden from all others."""

CARRIED: Final = """
listing       seller_identity secret_facts other_brands_findings
decision      seller_identity secret_facts other_brands_findings reviewer_identity
case          seller_identity secret_facts other_brands_findings reviewer_identity amounts
event         seller_identity secret_facts other_brands_findings reviewer_identity amounts
pack          secret_facts
rule          secret_facts
snapshot      secret_facts
rule_measure  amounts
report        amounts
job           reviewer_identity
label         seller_identity secret_facts other_brands_findings reviewer_identity
policy
member
person
api_key
sign_in
"""
"""What a thing of each kind carries that is not for everybody who may see it."""

_OPEN: Final = (Confidentiality.PUBLIC, Confidentiality.ALLIANCE)
_INNER: Final = (*_OPEN, Confidentiality.MEMBER)
REACH: Final[Mapping[Relation, frozenset[Confidentiality]]] = {
    Relation.OWN: frozenset(Confidentiality),
    Relation.AGENT_OF: frozenset((*_INNER, Confidentiality.NEED_TO_KNOW)),
    Relation.GRANTED: frozenset((*_INNER, Confidentiality.NEED_TO_KNOW)),
    Relation.CONCERNED: frozenset(_INNER),
    Relation.ALLIANCE: frozenset(_OPEN),
    Relation.NONE: frozenset((Confidentiality.PUBLIC,)),
}
"""How far each relation goes at most."""

CLEARED_PURPOSES: Final = frozenset((Purpose.INVESTIGATION, Purpose.AUDIT))
CLEARED_ROLES: Final = frozenset((Role.LEAD_ANALYST, Role.INVESTIGATOR, Role.AUDITOR))
CLEARED_SCOPES: Final = frozenset((Scope.CASES_READ, Scope.CASES_WRITE, Scope.EVENTS_READ))
"""Who may see what is `need_to_know`, and in sessions of which purpose."""

ONLY_IF_SUSPECT: Final = frozenset((Kind.LISTING, Kind.DECISION, Kind.LABEL))
"""Kinds that concern the brands they name only once they are judged suspect."""

FOUR_EYES: Final = frozenset((Action.DECIDE, Action.APPROVE, Action.ACTIVATE))
"""Actions that nobody does to their own work."""

AFTER_CLOSING: Final = frozenset(
    (Action.SEE, Action.LIST, Action.EXPORT, Action.SHARE, Action.UNDO)
)
"""Actions that a closed thing still allows."""

PERMISSIONS: Final = read_permissions(MAY, GROUPS)
SHOWN_TO: Final = read_shown(SHOWN, GROUPS)
FIELDS: Final = read_fields(CARRIED)
