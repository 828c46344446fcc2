"""Applications, gates, automations, stage history."""
