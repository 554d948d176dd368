"""What `deploy/` holds: each file says what the application really has."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from prometheus_client import CollectorRegistry
from uvicorn.config import Config

from tests.conftest import SECRET_KEY
from wirebird import Wirebird
from wirebird.cli.main import app as commands
from wirebird.cli.serving import GRACE_SECONDS
from wirebird.cli.target import AppTarget
from wirebird.instruments.prometheus import Prometheus
from wirebird.runtime.endpoint import END_PATIENCE
from wirebird.server.peers import known_peer, trusted_proxies

DEPLOY = Path(__file__).parents[2] / "deploy"
PROBES = {"/_wirebird/health", "/_wirebird/ready"}
VARIABLES = {"WIREBIRD_SECRET_KEY", "WIREBIRD_BROKER", "WIREBIRD_STORE"}
LONGEST_STOP = GRACE_SECONDS + END_PATIENCE
"""How long a process may take to stop, in seconds: whoever kills it must wait longer."""


def text(name: str) -> str:
    return (DEPLOY / name).read_text()


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all(text(name)))


def seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


def parsed(command: list[str]) -> click.Context:
    """Return a `wirebird` command as it is understood; an unknown option raises."""
    assert command[0].endswith("wirebird")
    group: Any = commands
    with group.make_context("wirebird", command[1:]) as context:
        name, found, rest = group.resolve_command(context, command[1:])
        return found.make_context(name, rest, parent=context)


@pytest.mark.parametrize("name", sorted(path.name for path in DEPLOY.iterdir()))
def test_each_file_names_only_variables_and_probes_that_exist(name: str):
    found = set(re.findall(r"WIREBIRD_[A-Z_]+", text(name)))
    assert found <= VARIABLES
    assert set(re.findall(r"/_wirebird/\w+", text(name))) <= PROBES


def dockerfile(name: str = "Dockerfile") -> list[tuple[str, str]]:
    lines = [line for line in text(name).splitlines() if not line.startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    instructions = [line.split(None, 1) for line in whole.splitlines() if line]
    return [(name, rest) for name, rest in instructions]


def trusted(context: click.Context) -> tuple[str, ...]:
    options = Config("app", forwarded_allow_ips=context.params["forwarded_allow_ips"])
    return trusted_proxies(options)


@pytest.mark.parametrize("name", ["Dockerfile", "gallery.Dockerfile"])
def test_the_image_runs_the_application_as_nobody(name: str):
    last = dict(dockerfile(name))
    context = parsed(json.loads(last["CMD"]))
    assert context.params["host"] == "0.0.0.0"
    proxies = trusted(context)
    assert "*" in proxies or "10.0.0.0/8" in proxies
    assert int(last["USER"]) > 0
    assert int(last["EXPOSE"]) == context.params["port"]
    check = last["HEALTHCHECK"]
    assert "/_wirebird/health" in check
    compile(json.loads(check[check.index("[") :])[2], "HEALTHCHECK", "exec")


def test_the_gallery_is_served_with_bounds_and_keeps_what_it_has_in_its_volume():
    last = dict(dockerfile("gallery.Dockerfile"))
    context = parsed(json.loads(last["CMD"]))
    assert context.params["connections_per_peer"] <= 100
    assert known_peer("8.8.8.8", trusted(context)) == "8.8.8.8"  # or the bound would bind nobody
    assert not context.params["reload"]
    target = AppTarget.parse(context.params["target"])
    assert (DEPLOY.parent / target.module.replace(".", "/")).with_suffix(".py").is_file()
    kept = dict(each.split("=", 1) for each in last["ENV"].split() if "/data" in each)
    assert set(kept) == {"WIREBIRD_STORE", "GALLERY_FOLDER"}
    assert all(last["VOLUME"] in path for path in kept.values())
    used = "".join(path.read_text() for path in (DEPLOY.parent / "examples").rglob("*.py"))
    named = set(re.findall(r"GALLERY_[A-Z_]+", text("gallery.Dockerfile")))
    assert all(f'"{name}"' in used for name in named)


def test_the_images_build_leaves_no_compiler_or_cache_behind():
    froms = [index for index, (name, _) in enumerate(dockerfile()) if name == "FROM"]
    assert len(froms) == 2
    assert not [rest for name, rest in dockerfile()[froms[1] :] if name == "RUN"]


def test_compose_runs_two_applications_that_share_a_broker_and_a_store():
    (compose,) = documents("compose.yaml")
    services = compose["services"]
    assert set(services) == {"app1", "app2", "nginx", "redis"}
    for app in (services["app1"], services["app2"]):
        assert set(app["environment"]) == VARIABLES
        assert app["read_only"] is True
        assert "/tmp" in app["tmpfs"]
        assert seconds(app["stop_grace_period"]) > LONGEST_STOP
        assert (DEPLOY / app["build"]["context"] / app["build"]["dockerfile"]).exists()
    (mount,) = services["nginx"]["volumes"]
    assert (DEPLOY / mount.split(":")[0]).exists()
    assert set(re.findall(r"server (\w+):8000", text("nginx.conf"))) == {"app1", "app2"}


def test_no_proxy_binds_visitors_to_a_process():
    for name in ("nginx.conf", "Caddyfile", "kubernetes.yaml", "fly.toml"):
        assert not re.search(
            r"ip_hash|sticky_|\bsticky;|sessionAffinity|lb_policy (cookie|ip)", text(name)
        )


def test_kubernetes_replaces_pods_one_after_the_other_and_waits_for_their_end():
    deployment, service, budget = documents("kubernetes.yaml")
    spec = deployment["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    wait = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] > wait + LONGEST_STOP
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["livenessProbe"]["httpGet"]["path"] == "/_wirebird/health"
    assert container["readinessProbe"]["httpGet"]["path"] == "/_wirebird/ready"
    assert {variable["name"] for variable in container["env"]} == VARIABLES
    labels = spec["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == labels == budget["spec"]["selector"]["matchLabels"]


def left_out(said: Any, understood: Any, place: str = "") -> list[str]:
    """Return the fields of a document that whoever read it has not taken over."""
    if isinstance(said, dict) and isinstance(understood, dict):
        pairs = [(key, value, understood.get(key)) for key, value in said.items()]
    elif isinstance(said, list) and isinstance(understood, list):
        pairs = [(at, *both) for at, both in enumerate(zip(said, understood, strict=False))]
    else:
        return [] if said == understood else [place]
    return [each for key, a, b in pairs for each in left_out(a, b, f"{place}/{key}")]


@pytest.mark.skipif(not shutil.which("kubectl"), reason="there is no kubectl here")
def test_kubernetes_knows_each_field_of_the_deployment():
    deployment = documents("kubernetes.yaml")[0]
    # Reads it as what it says it is, without a cluster, and drops what such a thing does not have.
    done = subprocess.run(
        ["kubectl", "set", "env", "--local", "-f", "-", "-o", "json", "LAST=1"],
        input=yaml.safe_dump(deployment), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert left_out(deployment, json.loads(done.stdout)) == []


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="there is no docker-compose here")
def test_compose_understands_the_file_and_asks_for_the_key():
    command = ["docker-compose", "-f", str(DEPLOY / "compose.yaml"), "config"]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}
    with_key = {**environment, "WIREBIRD_SECRET_KEY": SECRET_KEY}
    done = subprocess.run(command, env=with_key, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert services["app1"]["environment"]["WIREBIRD_SECRET_KEY"] == SECRET_KEY
    without = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert without.returncode != 0
    assert "wirebird secret" in without.stderr


def test_fly_waits_for_the_end_and_asks_whether_a_machine_is_ready():
    fly = tomllib.loads(text("fly.toml"))
    assert seconds(fly["kill_timeout"]) > LONGEST_STOP
    assert fly["kill_signal"] == "SIGTERM"
    (check,) = fly["http_service"]["checks"]
    assert check["path"] == "/_wirebird/ready"
    assert (DEPLOY.parent / fly["build"]["dockerfile"]).exists()


def unit_s_service(name: str) -> dict[str, list[str]]:
    """What the section `Service` of a unit says: names may be there more than once."""
    lines = text(name).split("[Service]\n")[1].split("\n\n")[0].splitlines()
    said: dict[str, list[str]] = {}
    for key, _, value in (line.partition("=") for line in lines):
        said.setdefault(key, []).append(value)
    return said


@pytest.mark.parametrize(
    ("name", "port"), [("wirebird.service", 8000), ("wirebird@.service", 8001)]
)
def test_the_unit_starts_the_command_and_waits_for_its_end(name: str, port: int):
    service = unit_s_service(name)
    (start,) = service["ExecStart"]
    assert parsed(shlex.split(start.replace("%i", str(port)))).params["port"] == port
    assert float(service["TimeoutStopSec"][0]) > LONGEST_STOP


def test_what_the_units_keep_is_shared_or_in_their_folder():
    (store,) = unit_s_service("wirebird.service")["Environment"]
    assert f"/var/lib/{unit_s_service('wirebird.service')['StateDirectory'][0]}/" in store
    shared = unit_s_service("wirebird@.service")["Environment"]
    assert {each.partition("=")[0] for each in shared} == VARIABLES - {"WIREBIRD_SECRET_KEY"}


def test_two_processes_on_one_machine_are_where_nginx_looks_for_them(tmp_path: Path):
    page = (DEPLOY.parent / "docs" / "deployment.md").read_text()
    set_up, deploy = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    (sed,) = re.findall(r"^(sed .*) >", set_up, re.MULTILINE)
    done = subprocess.run(shlex.split(sed), cwd=DEPLOY, capture_output=True, text=True, check=True)
    behind = re.findall(r"server 127\.0\.0\.1:(\d+) ", done.stdout)
    assert re.findall(r"shop@(\d+)", set_up) == behind == re.findall(r"\b80\d\d\b", deploy)
    assert "app1" not in done.stdout
    assert (DEPLOY / re.findall(r"^cp (\S+)", set_up, re.MULTILINE)[0]).is_file()
    assert set(re.findall(r"/_wirebird/\w+", set_up + deploy)) <= PROBES
    shell = subprocess.run(["sh", "-n"], input=set_up + deploy, text=True, check=False)
    assert shell.returncode == 0


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
@pytest.mark.parametrize("name", ["wirebird.service", "wirebird@.service"])
def test_systemd_understands_the_unit(name: str, tmp_path: Path):
    unit = tmp_path / name.replace("wirebird", "shop").replace("@", "@8001")
    program = tmp_path / "wirebird"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit.write_text(text(name).replace("/opt/shop/.venv/bin/wirebird", str(program)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert unit.name not in done.stderr, done.stderr


def test_the_dashboard_asks_for_what_is_measured():
    metrics = Prometheus(CollectorRegistry())
    app = Wirebird(secret_key=SECRET_KEY, store="memory:", broker="redis://localhost")
    app.instrument(metrics)
    assert app.endpoint.observers
    measured = {each.name for each in metrics._made.values()}  # pyright: ignore[reportPrivateUsage]
    asked = set(re.findall(r"wirebird_\w+", text("grafana.json")))
    plain = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in asked}
    assert plain == measured
    guide = (DEPLOY.parent / "docs/guides/observability.md").read_text()
    told = set(re.findall(r"^\| `(wirebird_\w+)`", guide, re.MULTILINE))
    assert {name.removesuffix("_total") for name in told} == measured
