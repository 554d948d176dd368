"""The commands, as typed: `wirebird run`, `routes`, `new` and `secret`.

The rule: a command reads its options, lets another module do the work, and says what came of it.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import wirebird
from wirebird.cli import scaffold, serving
from wirebird.cli.errors import CommandError
from wirebird.cli.routes import route_table
from wirebird.cli.target import AppTarget, wirebird_apps

app = typer.Typer(
    name="wirebird",
    help="Phoenix LiveView for Python.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AppArgument = Annotated[
    str,
    typer.Argument(
        metavar="APP", help="The application: module:app, a file such as counter.py, or a module."
    ),
]


class LogLevel(StrEnum):
    """How much is logged."""

    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"
    critical = "critical"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wirebird {wirebird.__version__}")
        raise typer.Exit


def _fail(error: CommandError) -> typer.Exit:
    typer.secho(f"wirebird: {error}", err=True)
    return typer.Exit(1)


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Phoenix LiveView for Python."""


@app.command()
def run(
    app: AppArgument,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 8000,
    uds: Annotated[
        Path | None, typer.Option(help="A Unix socket to listen on, instead of host and port.")
    ] = None,
    reload: Annotated[
        bool, typer.Option("--reload", help="Development: follow changed files, show tracebacks.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes; more than one needs a secret key.")
    ] = 1,
    compress: Annotated[
        bool,
        typer.Option(
            "--compress",
            help="Compress what goes over sockets: less traffic, some 40 KiB more for each socket.",
        ),
    ] = False,
    ws: Annotated[
        str | None,
        typer.Option(
            help="What serves WebSockets, as uvicorn names it: websockets-sansio, or ours.",
            show_default=False,
        ),
    ] = None,
    request_within: Annotated[
        float | None,
        typer.Option(
            min=1, help="Seconds for a connection to ask for something; 60.", show_default=False
        ),
    ] = None,
    connections_per_peer: Annotated[
        int | None,
        typer.Option(min=1, help="Most connections of one public address.", show_default=False),
    ] = None,
    proxy_headers: Annotated[
        bool, typer.Option(help="Believe X-Forwarded-* of trusted proxies.")
    ] = True,
    forwarded_allow_ips: Annotated[
        str | None,
        typer.Option(help="Proxies to trust: addresses or networks with commas between; '*' all."),
    ] = None,
    root_path: Annotated[
        str, typer.Option(help="The prefix under which a proxy serves the application.")
    ] = "",
    log_level: Annotated[LogLevel, typer.Option(help="How much is logged.")] = LogLevel.info,
    access_log: Annotated[
        bool | None,
        typer.Option(help="Log each request; off without --reload.", show_default=False),
    ] = None,
) -> None:
    """Serve an application."""
    options = serving.Options(
        host=host,
        port=port,
        uds=uds,
        reload=reload,
        workers=workers,
        compress=compress,
        ws=ws,
        request_within=request_within,
        connections_per_peer=connections_per_peer,
        proxy_headers=proxy_headers,
        forwarded_allow_ips=forwarded_allow_ips,
        log_level=log_level.value,
        access_log=access_log,
        root_path=root_path.rstrip("/"),
    )
    try:
        target = AppTarget.parse(app)
        if not options.port and uds is None:
            options = replace(options, port=serving.free_port(host))
        notes = serving.prepare(target, options)
        application = None
        if not reload:
            application = target.load()
            inner = [wirebird_app for _, wirebird_app in wirebird_apps(application)]
            serving.check_keys(inner)
            warning = serving.deaf_workers(inner, workers)
            if warning is not None:
                typer.secho(warning, err=True, fg=typer.colors.RED, bold=True)
    except CommandError as error:
        raise _fail(error) from None
    typer.echo(f"Wirebird {wirebird.__version__} serves {app} on {options.url} (Ctrl+C to stop)")
    for note in notes:
        typer.echo(note)
    serving.run(target, options, application)


@app.command()
def routes(app: AppArgument) -> None:
    """List the live routes of an application."""
    try:
        typer.echo(route_table(AppTarget.parse(app).load()))
    except CommandError as error:
        raise _fail(error) from None


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What it is called: hello, todo_list.")],
    single_file: Annotated[
        bool, typer.Option("--single-file", help="Keep the HTML in the Python file.")
    ] = False,
) -> None:
    """Begin an application, or another view for one: a view, its template and a test."""
    try:
        made = scaffold.write(name, Path.cwd(), single_file=single_file)
    except CommandError as error:
        raise _fail(error) from None
    for path in made:
        typer.echo(f"wrote {path.name}")
    typer.echo(f"\nNow try:\n\n    wirebird run {made[0].stem}:app --reload")


@app.command()
def secret() -> None:
    """Print a new secret key."""
    typer.echo(secrets.token_urlsafe(48))
