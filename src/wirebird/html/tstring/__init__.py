"""The second language: t-strings (Python 3.14 and later), parsed into the render tree."""
