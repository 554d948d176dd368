"""Files that people send: what is allowed, the entries, and where their bytes go."""
