"""`@endpoint`: what an API route declares about its input, permission and response."""
