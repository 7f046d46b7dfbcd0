"""Listings and a snapshot in, findings out: the plan that shares operators between rules. No input or output."""
