"""Findings in words: for the analyst every fact, for the seller what can be disputed."""

from countermark.scanning.explaining.explanation import explain_listing
from countermark.scanning.explaining.sentences import Sentences, load_sentences

__all__ = ["Sentences", "explain_listing", "load_sentences"]
