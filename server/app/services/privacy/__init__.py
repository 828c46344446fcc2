"""What the law gives a person: erasure, a copy of everything, retention."""
