"""The tests in a browser: few, for what only a browser shows."""
