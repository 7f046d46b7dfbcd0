"""Migrations of the records, run by `migrating`."""
