"""A function's signature as its contract: what is filled in, converted, validated, injected."""
