"""Tabs with nested views, and a sticky player that goes on while pages change."""
