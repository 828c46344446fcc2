"""General tools, without recruiting terms."""
