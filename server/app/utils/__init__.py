"""Small tools that know nothing of recruiting."""
