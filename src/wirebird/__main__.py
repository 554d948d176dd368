"""`python -m wirebird`: the same as the `wirebird` command."""

from wirebird.cli.main import app

if __name__ == "__main__":
    app(prog_name="wirebird")
