"""Content to columns: text folding and matching, prices, conditions, pack sizes, contacts. Nothing here knows a brand."""
