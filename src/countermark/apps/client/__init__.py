"""A typed client of a Countermark server: `pip install countermark[client]`.

from countermark.apps.client import Client, Offer

with Client("https://countermark.example", key="cm_...") as client:
    for decision in client.gate([Offer(listing_id="17", title="...", price="39.00", currency="EUR")]):
        print(decision.listing_id, decision.action, decision.risk, decision.grounds)
"""

from countermark.apps.client.client import Client
from countermark.apps.http.messages import GateDecision
from countermark.domain.offers import Offer

__all__ = ["Client", "GateDecision", "Offer"]
