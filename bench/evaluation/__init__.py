"""Parts of `make eval`, a kind of data each."""
