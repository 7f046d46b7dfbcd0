"""Packs to snapshot: resolve, settle conflicts, index. Pure: the same packs and day give the same snapshot."""

from countermark.knowledge.compiling.building import PackSource, build_snapshot

__all__ = ["PackSource", "build_snapshot"]
