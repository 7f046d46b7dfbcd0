"""The HTTP interface: the gate, its operation, and what others read."""
