"""The edge: files, databases, networks. Only `wiring` picks adapters."""
