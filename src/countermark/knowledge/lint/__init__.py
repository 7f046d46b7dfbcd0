"""Lint: what an author, or whoever reviews a pack, should look at before it is released."""
