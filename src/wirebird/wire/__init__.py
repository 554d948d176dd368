"""The Phoenix protocol without I/O: frames, form and query parameters, signed tokens."""
