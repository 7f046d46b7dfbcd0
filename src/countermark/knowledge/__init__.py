"""Packs: read, lint, test, sign, verify; compile to a snapshot. Pure functions over bytes."""
