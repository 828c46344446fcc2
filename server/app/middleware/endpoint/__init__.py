"""`@endpoint`: the input, permission and response that an API route declares."""
