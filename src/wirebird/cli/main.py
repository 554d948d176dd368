"""The commands, as typed: `wirebird run`, `routes`, `check`, `new`, `gen`, `docs`, `skill` and
`secret`.

The rule: a command reads its options, lets another module do the work, and says what came of it.
Its description is an argument, which `python -OO` keeps.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import click

import wirebird
from wirebird.cli import checking, documents, serving
from wirebird.cli.beginning import new
from wirebird.cli.errors import CommandError, Failure
from wirebird.cli.generating import gen
from wirebird.cli.routes import route_table
from wirebird.cli.target import AppTarget, wirebird_apps

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


@click.group(
    name="wirebird",
    help="Phoenix LiveView for Python.",
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
)
@click.version_option(
    wirebird.__version__, prog_name="wirebird", message="%(prog)s %(version)s",
    help="Show the version.",
)  # fmt: skip
def app() -> None: ...


@app.command(
    help="Serve an application. APP is module:app, a file such as counter.py, or a module."
)
@click.argument("target", metavar="APP")
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8000, help="The port; 0 takes a free one.")
@click.option(
    "--uds",
    type=click.Path(path_type=Path),
    help="A Unix socket to listen on, instead of host and port.",
)
@click.option("--reload", is_flag=True, help="Development: follow changed files, show tracebacks.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    help="Processes; more than one needs a secret key.",
)
@click.option(
    "--compress",
    is_flag=True,
    help="Compress what goes over sockets: less traffic, some 40 KiB more for each socket.",
)
@click.option(
    "--ws", help="What serves WebSockets, as uvicorn names it: websockets-sansio, or ours."
)
@click.option(
    "--request-within",
    type=click.FloatRange(min=1),
    help="Seconds for a connection to ask for something; 60.",
)
@click.option(
    "--connections-per-peer",
    type=click.IntRange(min=1),
    help="Most connections of one public address.",
)
@click.option(
    "--proxy-headers/--no-proxy-headers",
    default=True,
    help="Believe X-Forwarded-* of trusted proxies.",
)
@click.option(
    "--forwarded-allow-ips",
    help="Proxies to trust: addresses or networks with commas between; '*' all.",
)
@click.option(
    "--root-path", default="", help="The prefix under which a proxy serves the application."
)
@click.option(
    "--log-level", type=click.Choice(LOG_LEVELS), default="info", help="How much is logged."
)
@click.option(
    "--access-log/--no-access-log",
    default=None,
    help="Log each request; off without --reload.",
)
def run(
    target: str,
    host: str,
    port: int,
    uds: Path | None,
    reload: bool,
    workers: int,
    compress: bool,
    ws: str | None,
    request_within: float | None,
    connections_per_peer: int | None,
    proxy_headers: bool,
    forwarded_allow_ips: str | None,
    root_path: str,
    log_level: str,
    access_log: bool | None,
) -> None:
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
        log_level=log_level,
        access_log=access_log,
        root_path=root_path.rstrip("/"),
    )
    try:
        named = AppTarget.parse(target)
        if not options.port and uds is None:
            options = replace(options, port=serving.free_port(host))
        notes = serving.prepare(named, options)
        application = None
        if not reload:
            application = named.load()
            inner = [wirebird_app for _, wirebird_app in wirebird_apps(application)]
            serving.check_keys(inner)
            warning = serving.deaf_workers(inner, workers)
            if warning is not None:
                click.secho(warning, err=True, fg="red", bold=True)
    except CommandError as error:
        raise Failure(str(error)) from None
    click.echo(f"Wirebird {wirebird.__version__} serves {target} on {options.url} (Ctrl+C to stop)")
    for note in notes:
        click.echo(note)
    serving.run(named, options, application)


@app.command(help="List the live routes of an application.")
@click.argument("target", metavar="APP")
def routes(target: str) -> None:
    try:
        click.echo(route_table(AppTarget.parse(target).load()))
    except CommandError as error:
        raise Failure(str(error)) from None


@app.command(
    help="Look for mistakes in an application without running it: names that its templates lack,"
    " events without a handler, HTML that does not fit together. Fails if there are any."
)
@click.argument("target", metavar="APP")
@click.option(
    "--format",
    "style",
    type=click.Choice(checking.STYLES),
    default="text",
    help="How what is found is written.",
)
def check(target: str, style: str) -> None:
    try:
        report = checking.look_through(AppTarget.parse(target), style)
    except CommandError as error:
        raise Failure(str(error)) from None
    click.echo(report.text)
    if report.failed:
        raise click.exceptions.Exit(1)


@app.command(help="Say where the guides are, or print them for a language model.")
@click.option("--llms", "form", flag_value="core", help="A short guide, and what else there is.")
@click.option("--llms-full", "form", flag_value="whole", help="All of it, with the reference.")
def docs(form: str | None) -> None:
    if form is None:
        click.echo(documents.folder())
    else:
        click.echo(documents.core() if form == "core" else documents.whole())


@app.command(
    help="Put a short guide for coding agents into a project: a folder with a SKILL.md."
    " FOLDER is where the project keeps such guides."
)
@click.argument("folder", default=".agents/skills", type=click.Path(path_type=Path))
def skill(folder: Path) -> None:
    try:
        made = documents.install_skill(folder)
    except CommandError as error:
        raise Failure(str(error)) from None
    click.echo(f"wrote {made}")


@app.command(help="Print a new secret key.")
def secret() -> None:
    click.echo(secrets.token_urlsafe(48))


app.add_command(gen)
app.add_command(new)
