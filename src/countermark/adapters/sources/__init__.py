"""Listings from files: Parquet, CSV, JSON Lines; plain or compressed; one, a folder, a glob or a store's URL."""

from countermark.adapters.sources.opening import open_source

__all__ = ["open_source"]
