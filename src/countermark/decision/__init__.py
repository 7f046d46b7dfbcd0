"""Findings weighed under a policy: weights, calibration, decisions. No input or output."""
