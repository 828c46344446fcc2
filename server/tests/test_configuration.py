"""Configuration files say what the settings say."""

from __future__ import annotations

import json
import os
import re
import socket
import tomllib
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from config import env_file
from config.env_file import NOT_TAKEN, OF_COMPOSE, PASSWORDS, REQUIRED
from config.settings import Settings
from config.version import VERSION
from tests.processes import zygote
from tools import check_port
from tools.with_services import free_port

ROOT = Path(__file__).resolve().parents[2]


COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
EXAMPLE = (ROOT / ".env.example").read_text()
SETTINGS = {name.upper() for name in Settings.model_fields}
# What containers are not told: jobs are Inngest's there, the port stands in an address, logs are JSON in production.
NOT_IN_CONTAINERS = {"EMBEDDED_JOBS", "WORKER_PORT", "LOG_JSON", "INNGEST_DEV"}
OWNERS = {"DATABASE_OWNER_URL"}  # for `migrate` alone
OF_AMAZON = {name for name in OF_COMPOSE if name.startswith("AWS_")}


def test_the_example_names_every_setting_and_no_other():
    named = set(re.findall(r"^#([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
    assert named >= SETTINGS and named - SETTINGS <= OF_COMPOSE | set(PASSWORDS)


def test_the_example_changes_nothing_when_it_is_copied():
    """A line that is not commented out would win over what docker-compose.yml sets for a container."""
    assert not re.findall(r"^[A-Z][A-Z0-9_]+=", EXAMPLE, re.MULTILINE)


def test_the_example_tells_the_usual_values():
    told = dict(re.findall(r"^#([A-Z][A-Z0-9_]+)=(.+)$", EXAMPLE, re.MULTILINE))
    usual = Settings(_env_file=None)
    for name, value in told.items():
        if name in SETTINGS and name != "DATA_DIR":
            kept = getattr(usual, name.lower())
            assert value.lower() == str(kept).lower(), name


def test_only_the_proxy_publishes_a_port_and_everything_has_a_health_check():
    services = COMPOSE["services"]
    assert set(services) == {
        "migrate",
        "api",
        "worker",
        "postgres",
        "redis",
        "inngest",
        "inngest-retention",
        "mailpit",
        "proxy",
    }
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]
    assert all(service["logging"]["options"]["max-size"] for service in services.values())


@pytest.mark.parametrize("service", ["api", "worker", "migrate"])
def test_every_setting_reaches_every_container(service):
    """What compose does not name is silently ignored."""
    told = set(COMPOSE["services"][service]["environment"])
    assert told - OF_AMAZON == SETTINGS - NOT_IN_CONTAINERS - (OWNERS if service != "migrate" else set())


def test_compose_takes_every_value_from_the_environment_that_may_be_changed():
    environment = COMPOSE["services"]["api"]["environment"]
    fixed = {name for name, value in environment.items() if f"${{{name}" not in str(value)}
    assert fixed == NOT_TAKEN - NOT_IN_CONTAINERS and NOT_IN_CONTAINERS < NOT_TAKEN


def test_what_compose_asks_for_is_known_to_the_check_of_an_env_file():
    asked = set(re.findall(r"\$\{([A-Z_0-9]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked <= SETTINGS | OF_COMPOSE | set(PASSWORDS)
    required = set(re.findall(r"\$\{([A-Z_0-9]+):\?", (ROOT / "docker-compose.yml").read_text()))
    assert required == set(REQUIRED)


def test_a_new_env_file_is_good_and_every_secret_of_it_is_fresh():
    texts = [env_file.new("https://jobs.example", "jobs@harbour.example") for _ in range(2)]
    assert [env_file.faults(text) for text in texts] == [[], []]
    lines = [set(text.splitlines()) for text in texts]
    same = {line.split("=")[0] for line in lines[0] & lines[1] if "=" in line and not line.startswith("#")}
    assert same == {"PUBLIC_URL", "MAIL_FROM"}


BAD = {
    "INNGEST_SIGNING_KEY": ["c2lnbmluZw+/=", "abc"],
    "INNGEST_EVENT_KEY": ["with/slash"],
    "DATABASE_PASSWORD": ["with/slash-and-more", "short", "at@sign-and-more"],
    "SECRET_KEY": ["short"],
    "PUBLIC_URL": ["http://plain.example", ""],
    "SMTP_PORT": ["smtp"],
    "SMTP_HOTS": ["mail.example"],
    "JWT_KEYS": ["nokid"],
    "SMTP_PASSWORD": ["pa$$word", '"pa$word"', "pa$word # it's"],
    "ENCRYPTION_KEYS": [","],
    "S3_ENDPOINT_URL": ["nonsense"],
    "VIRUS_SCANNER": ["nonsense"],
    "ENVIRONMENT": ["production"],
    "DATA_DIR": ["/srv"],
    "HTTP_PORT": ["abc", "99999"],
    "INNGEST_KEEP_DAYS": ["0", "x"],
    "METRICS_PORT": ["5000"],
    "DATABASE_URL": ["postgresql://a:b@c/d"],
    "DATABASE_OWNER_URL": ["postgresql://a:b@c/d"],
    "INNGEST_BASE_URL": ["foo"],
    "SMTP_HOST": ["mail.example"],
    "S3_BUCKET": ["files"],
    "MAX_IMPORT_BYTES": ["500000000"],
    "MAIL_FROM": ["a@jobs.example\nMAIL_FROM=b@jobs.example"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_an_env_file_that_would_not_do_is_told_so(name, value):
    lines = [line for line in env_file.new("https://jobs.example", "a@jobs.example").splitlines() if "=" in line]
    text = "\n".join([*(line for line in lines if not line.startswith(f"{name}=")), f"{name}={value}"])
    (fault,) = env_file.faults(text)[:1]
    assert name in fault or name.replace("_", " ") in fault


@pytest.mark.parametrize(
    "value", ["https://jobs.example\nSECRET_KEY=x", "nonsense", "http://plain.example", "https://a b"]
)
def test_a_new_env_file_takes_no_address_that_would_not_do(value):
    with pytest.raises(ValueError, match="PUBLIC_URL|line"):
        env_file.new(value, "jobs@harbour.example")


@pytest.mark.parametrize("sender", ["jobs@jobs.example", "Jobs of Harbour <jobs@jobs.example>"])
def test_a_new_env_file_takes_any_sender(sender):
    assert f"MAIL_FROM={sender}\n" in env_file.new("https://jobs.example", sender)


def test_of_an_empty_env_file_each_fault_is_told_once():
    found = env_file.faults("")
    assert found == [f"{name} is missing" for name in env_file.REQUIRED]


def test_the_check_of_an_env_file_reads_the_file_alone(monkeypatch):
    monkeypatch.setenv("SMTP_PORT", "nonsense")
    assert env_file.faults(env_file.new("https://jobs.example", "jobs@harbour.example")) == []


def test_what_is_no_text_is_told_so(tmp_path):
    path = tmp_path / ".env"
    path.write_bytes("MAIL_FROM=jürgen@jobs.example".encode("latin-1"))
    done = zygote.run(["doctor", "--env", str(path)], {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)})
    assert done.returncode == 1 and "not UTF-8" in done.stdout and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "bad",
    [
        {"SMTP_PORT": "smtp"},
        {"DATABASE_URL": "nonsense"},
        {"DATABASE_URL": "mysql://x/y"},
        {"REDIS_URL": "nonsense"},
        {"INNGEST_SIGNING_KEY": "no hex"},
        {"PUBLIC_URL": "nonsense"},
        {"VIRUS_SCANNER": "nonsense"},
        {"LLM_BASE_URL": "nonsense", "LLM_MODEL": "x"},
        {"MAIL_TRANSPORT": "smtp", "SMTP_PORT": "1"},
        {"S3_BUCKET": "none", "S3_ENDPOINT_URL": "http://127.0.0.1:1"},
        {"INNGEST_BASE_URL": "http://127.0.0.1:1"},
        {"OTEL_ENDPOINT": "nonsense"},
        {"DATA_DIR": "/proc/nowhere"},
        {"ENVIRONMENT": "production"},
        {"ENVIRONMENT": "nowhere", "JWT_KEYS": "nokid", "RATE_LIMIT_LOGIN": "x"},
        {"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"},
        {"CORS_ORIGINS": "app.example/"},
        {"METRICS_PORT": "99999"},
        {"MATCH_ENCODER": "nonsense"},
        {"PARSER_SECONDS": "-1"},
        {"LOG_LEVEL": "LOUD"},
        {"MAIL_FROM": "nobody"},
    ],
    ids=lambda bad: " ".join(f"{name}={value}" for name, value in bad.items()),
)
def test_the_doctor_survives_every_bad_setting(bad, tmp_path):
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **bad}
    done = zygote.run(["doctor", "--json"], environment)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    wrong = [line for line in found if line["level"] != "ok"]
    assert wrong and "Traceback" not in done.stderr
    assert not [line for line in wrong if line["detail"].startswith(("Value error", "Input should"))]


@pytest.mark.parametrize("rate", ["", "10", "10/0", "a/b", "-1/10"])
def test_a_rate_must_be_readable(rate):
    with pytest.raises(ValueError, match="rate"):
        Settings(_env_file=None, rate_limit_login=rate)


def test_keys_are_read_from_text():
    keys = Settings(_env_file=None, jwt_keys="new:aaa,old:bbb").jwt_keys
    assert {kid: key.get_secret_value() for kid, key in keys.items()} == {"new": "aaa", "old": "bbb"}


def test_secrets_are_not_shown():
    settings = Settings(_env_file=None, secret_key="very-secret-indeed", jwt_keys="a:also-secret")
    assert "very-secret" not in repr(settings) and "also-secret" not in str(settings.model_dump())


@pytest.mark.parametrize(
    "origins", ["app.example", "https://app.example/", "https://App.example", "https://a.example/b"]
)
def test_an_origin_has_a_scheme_and_no_path(origins):
    with pytest.raises(ValidationError, match="without a path"):
        Settings(_env_file=None, cors_origins=f"https://fine.example:8443,{origins}")
    assert Settings(_env_file=None, cors_origins="https://fine.example:8443").cors_origins == [
        "https://fine.example:8443"
    ]


def test_misspelt_names_are_told(tmp_path):
    file = tmp_path / ".env"
    file.write_text("REDIS_ULR=redis://x\nSMTP_HOST=mail.example\nMY_OWN_THING=1\nDATABASE_PASSWORD=x\n")
    assert env_file.misspelt([file, tmp_path / "missing"]) == {
        "REDIS_ULR": "This is not a setting. Did you mean REDIS_URL?"
    }


def test_a_port_in_use_is_told_with_a_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} is in use. Try: make run PORT=" in check_port.main(str(port))
    assert check_port.main(str(free_port())) is None
    assert "must be a number" in check_port.main("70000") and "must be a number" in check_port.main("http")


def test_the_version_stands_in_one_place_and_in_the_package():
    assert tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]["version"] == VERSION
