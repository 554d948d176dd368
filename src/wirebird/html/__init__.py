"""Markup: escaping, the render tree, the differ, and the two template languages."""

import sys

if sys.version_info >= (3, 14):
    # So that t-strings are known wherever something stands between tags, in Jinja's files too.
    from wirebird.html.tstring import template as template
