"""The `wirebird` command: run an application, list its routes, begin a new one."""
