"""Where runs, snapshots and exhibits are kept."""
