"""Inngest functions, and what runs them: the Inngest server, or the embedded runner on one machine."""
