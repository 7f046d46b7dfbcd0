"""The rules read slowly: one listing at a time, with strings and loops, by the plainest means that give the right answer.

The fast path (`features`, `knowledge.compiling`, `scanning`, `operators`) is held to it: on the same packs and
listings both must say the same. It shares with the fast path only data and what is slow already: the fold table,
`knowledge.recognition`, `knowledge.logic` and `features.contacts`.
"""

from countermark.testing.interpreter.interpreting import (
    Interpretation,
    Interpreter,
    Mention,
    Outcome,
)
from countermark.testing.interpreter.knowledge import Knowledge, knowledge_of

__all__ = ["Interpretation", "Interpreter", "Knowledge", "Mention", "Outcome", "knowledge_of"]
