"""Uploads under way: their channels, and what the client is told of them."""
