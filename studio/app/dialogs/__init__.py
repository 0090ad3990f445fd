"""Windows that ask: export, command palette, preferences, recovery."""
