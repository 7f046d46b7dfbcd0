"""People's review: the order of the queue, and how far reviewers agree."""
