"""`wirebird gen`: views, components and whole resources for a project that `wirebird new` began.

The rule: what is generated is ordinary code, to be read and changed; nothing that exists is lost.
"""
