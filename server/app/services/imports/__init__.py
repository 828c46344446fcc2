"""Tables of candidates, imported in batches."""
