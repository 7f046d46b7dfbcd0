"""Use cases, one a file: where stages meet the outside through ports."""
