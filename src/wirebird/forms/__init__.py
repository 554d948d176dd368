"""Forms over models: what people fill in, as plain state."""
