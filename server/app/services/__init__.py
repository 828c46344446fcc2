"""The business: reads, use cases; the only layer that adds, flushes, commits."""
