"""The state machines with their guards and effects."""
