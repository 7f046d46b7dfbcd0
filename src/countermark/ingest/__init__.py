"""Source records to listings: columns renamed and typed, what cannot be used set aside with a reason. No input or output."""
