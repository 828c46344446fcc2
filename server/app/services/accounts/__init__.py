"""Sign-in, sessions, passwords, second factors."""
