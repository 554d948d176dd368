"""Small applications that show one thing each; `make demo` serves them all."""
