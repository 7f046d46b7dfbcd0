"""Where batches are worked on: this process, or all cores of this machine."""
