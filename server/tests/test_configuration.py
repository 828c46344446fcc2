"""Configuration files say what the settings say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from config.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_names_every_setting_and_no_other():
    named = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def test_only_the_proxy_publishes_a_port_and_everything_has_a_health_check():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"migrate", "api", "worker", "postgres", "redis", "inngest", "mailpit", "proxy"}
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]


def test_compose_sets_only_settings_that_exist():
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["api"]["environment"]
    assert {name.lower() for name in environment} <= set(Settings.model_fields)


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
