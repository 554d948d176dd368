"""The tests: without a browser, and in `browser/` with one."""
