"""Job functions and what carries them: the Inngest server, or the embedded runner on one machine."""
