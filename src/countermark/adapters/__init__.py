"""The outside world: files, stores, processes. Only `wiring` picks among them."""
