"""What visitors see and send: careers pages and public applications."""
