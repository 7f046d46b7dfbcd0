"""Packs to snapshot: resolve, settle conflicts, index. Pure: the same packs and day give the same snapshot."""

from countermark.knowledge.compiling.building import build_snapshot
from countermark.knowledge.compiling.sources import PackSource

__all__ = ["PackSource", "build_snapshot"]
