"""Findings weighed under a policy: weights of evidence, calibration, decisions. No input or output."""
