"""Phoenix LiveView for Python."""
