"""How the values of a state are written for a store, type by type, and read again."""
