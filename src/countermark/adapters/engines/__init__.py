"""Where batches are worked on: threads of this process, or processes of this machine."""
