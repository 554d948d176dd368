"""Refuses what cannot be a project, as `wirebird new` does."""

import keyword
import sys

package = "{{ cookiecutter.package }}"
if not (package.isidentifier() and package.isascii()) or keyword.iskeyword(package):
    sys.exit(f"{package!r} cannot name a Python package: take letters, as in todo_list")
if package in sys.stdlib_module_names or package in ("assets", "test", "tests", "wirebird"):
    sys.exit(f"{package!r} is the name of a module already: take another one")
if {{ cookiecutter.auth }} and not {{ cookiecutter.database }}:
    sys.exit("accounts need the database: say yes to both, or to none")
