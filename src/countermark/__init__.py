"""Countermark: the open anti-counterfeiting alliance in software."""

__version__ = "0.1.0"
