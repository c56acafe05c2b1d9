"""Papers of a meeting: what is handed in, who reads it, and what is remarked on it."""
