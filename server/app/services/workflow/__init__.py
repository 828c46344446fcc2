"""The engine of every state machine."""
