"""The state machine engine."""
