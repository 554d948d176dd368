"""The first language: HTML files in Jinja, compiled into the render tree."""
