"""The shipped test kit: what whoever extends or evaluates Countermark needs to try it out."""
