"""Markup: escaping, the render tree, the differ, and the two template languages."""
