"""Who talks to Countermark: the command line now."""
