"""The page about securing the gateway, against the real Pushgateway with the page's own configuration."""

from __future__ import annotations

import json
import re
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from deploy.pages import checked, commands, text
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life
from patience import CONDITIONS, PATIENCE_SECONDS, UNHURRIED, invoke_until
from servers.available import available
from servers.certificates import Authority
from servers.process import ServerProcess, find_program, free_port

from telemap.errors import PushError
from telemap.push import Basic, Gateway, Tls
from telemap_lambda.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.promtool import Promtool
    from servers.secrets import SecretsManager


PAGE = "secure-the-gateway"
CREDENTIALS: dict[str, str] = json.loads(checked(PAGE, "credentials"))
METRICS = "# TYPE x counter\nx 1\n"


@pytest.fixture
def folder(_integration: None, tmp_path: Path) -> Path:
    """Return a folder with the files that the page names."""
    authority = Authority(tmp_path, "ca")
    authority.issue("server", "127.0.0.1")
    authority.issue("client")
    (tmp_path / "gateway-password").write_text(CREDENTIALS["password"])
    return tmp_path


def here(configuration: str, folder: Path) -> str:
    """Return a configuration of the page, with the paths of its files in a folder."""
    return re.sub(r"/(etc/pushgateway|etc/prometheus|opt/gateway)/", f"{folder}/", configuration)


@pytest.fixture
def web_config(folder: Path) -> Path:
    path = folder / "web.yaml"
    path.write_text(here(checked(PAGE, "web-config"), folder))
    return path


@pytest.fixture
def url(web_config: Path, folder: Path) -> Iterator[str]:
    """Start the Pushgateway as on the page, and return its address."""
    [words] = commands("prometheus-pushgateway")
    program = available(lambda: find_program("prometheus-pushgateway"))
    address = f"127.0.0.1:{free_port()}"
    options = [here(word, folder).replace("/var/lib/pushgateway", str(folder)) for word in words]
    options[options.index("--web.listen-address=:9091")] = f"--web.listen-address={address}"
    assert f"--web.config.file={web_config}" in options
    with ServerProcess([program, *options], ready_url=f"http://{address}/-/ready"):
        yield f"https://{address}"


def tls_of(folder: Path) -> Tls:
    return Tls(*(str(folder / name) for name in ("ca.pem", "client.pem", "client-key.pem")))


def push(url: str, tls: Tls, credentials: Basic | None) -> None:
    """Push something.

    Raises:
        PushError: the gateway did not take it.
    """
    gateway = Gateway(url, {"job": "orders"}, timeout=PATIENCE_SECONDS, tls=tls)
    gateway.credentials = credentials
    try:
        gateway.put(METRICS)
    finally:
        gateway.close()


def test_only_clients_with_certificate_and_password_are_let_in(url: str, folder: Path) -> None:
    whole, known = tls_of(folder), Basic(**CREDENTIALS)
    push(url, whole, known)

    for tls, credentials in [
        (whole, None),
        (whole, Basic(CREDENTIALS["username"], "guessed")),
        (Tls(whole.ca_file, "", ""), known),
        (Tls("", whole.client_cert, whole.client_key), known),
    ]:
        with pytest.raises(PushError):
            push(url, tls, credentials)


def settings_of_the_page(folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in here(checked(PAGE, "certificates"), folder).splitlines())


def test_the_extension_gets_in_with_the_settings_on_the_page(
    url: str, folder: Path, secrets_manager: SecretsManager
) -> None:
    secret = secrets_manager.create_secret("the_settings_of_the_page", checked(PAGE, "credentials"))
    environment = {**secrets_manager.environment, **settings_of_the_page(folder), "GATEWAY": url, "AUTH_SECRET": secret}
    recording = life(*map(str, range(500)), duration_ms=40)
    with Sandbox(recording=recording, environment=environment | UNHURRIED, freeze=False, **CONDITIONS) as sandbox:
        sandbox.start()
        pushed = "telemap_mapping_info"
        invoke_until(sandbox, iter(recording.invocations), lambda: pushed in scraped(url, folder))
        sandbox.shutdown()
        result = sandbox.result()

    assert_a_good_life(result)
    assert result.stderr == ""
    assert value(scraped(url, folder), "aws_lambda_duration_seconds_count") == len(result.invocations)


def scraped(url: str, folder: Path) -> str:
    """Return the metrics that the gateway serves to the page's Prometheus."""
    gateway = Gateway(url, {"job": ""}, timeout=PATIENCE_SECONDS, tls=tls_of(folder))
    gateway.credentials = Basic("prometheus", CREDENTIALS["password"])
    try:
        return gateway.get("/metrics").decode()
    finally:
        gateway.close()


def test_prometheus_accepts_the_scrape_configuration(promtool: Promtool, folder: Path) -> None:
    path = folder / "prometheus.yaml"
    path.write_text(here(checked(PAGE, "scrape-config"), folder))
    done = subprocess.run([promtool.program, "check", "config", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "honor_labels: true" in path.read_text()


def test_rotating_credentials_as_on_the_page_leaves_no_gap(
    url: str, folder: Path, web_config: Path, secrets_manager: SecretsManager
) -> None:
    first_removed = re.sub(r"^  lambda: ", "  second: ", web_config.read_text(), flags=re.MULTILINE)
    both = re.sub(r"^  lambda: (.*)", r"\g<0>\n  second: \1", web_config.read_text(), flags=re.MULTILINE)
    name = "a_rotation_in_the_order_of_the_page"
    secrets_manager.create_secret(name, checked(PAGE, "credentials"))
    environment = {**secrets_manager.environment, **settings_of_the_page(folder), "GATEWAY": url, "AUTH_SECRET": name}
    recording = life(*map(str, range(500)), duration_ms=40)
    remaining = iter(recording.invocations)
    environment |= {"TELEMAP_PUSH_INTERVAL_MS": "0", **UNHURRIED}
    with Sandbox(recording=recording, environment=environment, freeze=False, **CONDITIONS) as one:
        one.start()
        invoke_until(one, remaining, lambda: "telemap_mapping_info" in scraped(url, folder))
        web_config.write_text(both)
        secrets_manager.change_secret(name, json.dumps(CREDENTIALS | {"username": "second"}))
        one.invoke(next(remaining))
        web_config.write_text(first_removed)
        removed = time.time()
        invoke_until(one, remaining, lambda: value(scraped(url, folder), "push_time_seconds") > removed)
        one.shutdown()
        result = one.result()

    assert_a_good_life(result)
    assert value(scraped(url, folder), "aws_lambda_duration_seconds_count") == len(result.invocations)
    assert value(scraped(url, folder), "telemap_pushes_total", outcome="failure") <= 1
    with pytest.raises(PushError, match="401"):
        push(url, tls_of(folder), Basic(**CREDENTIALS))


def test_certificates_are_where_the_settings_expect_them() -> None:
    settings = dict(line.split("=", 1) for line in checked(PAGE, "certificates").splitlines())
    assert all(path.startswith("/opt/gateway/") for path in settings.values())
    named = [path.removeprefix("/opt/") for path in settings.values()]
    assert [name for name in named if f"`{name}`" not in text(PAGE)] == []
    [words] = commands("zip")
    assert words[-1] == "gateway"


def test_every_marked_block_is_tested() -> None:
    marked: Any = set(re.findall(r"<!-- checked: (.*?) -->", text(PAGE)))
    assert marked == {"web-config", "scrape-config", "certificates", "credentials"}
