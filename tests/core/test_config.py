"""The environment: what it means, and what stops the start."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

import config

KEY = "0123456789abcdef"


def load(tmp_path: Path, **env: str) -> config.Settings:
    return config.load(env, instance=tmp_path)


def test_nothing_set_is_one_process_on_this_machine(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'giaoban.sqlite'}"
    assert (settings.host, settings.port, settings.redis_url) == ("127.0.0.1", 5000, None)
    assert settings.public_url == "http://127.0.0.1:5000"
    assert not settings.secure_cookies


def test_a_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    key = load(tmp_path).secret_key
    assert len(key) == 64
    assert load(tmp_path).secret_key == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_gets_our_driver(scheme: str, tmp_path: Path) -> None:
    url = load(tmp_path, DATABASE_URL=f"{scheme}://a:b@c/d").database_url
    assert url == "postgresql+psycopg://a:b@c/d"


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    settings = load(tmp_path, PUBLIC_URL="https://hop.example.vn/", SECRET_KEY=KEY)
    assert settings.secure_cookies
    assert settings.public_url == "https://hop.example.vn"


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"PORT": "x"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "65536"}, "PORT"),
        ({"PUBLIC_URL": "hop.example.vn"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "ftp://hop.example.vn"}, "PUBLIC_URL"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
        ({"DATABASE_URL": "mysql://a"}, "DATABASE_URL"),
        ({"DATABASE_URL": "giaoban.sqlite"}, "DATABASE_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"HOST": "0.0.0.0"}, "SECRET_KEY"),
        ({"PUBLIC_URL": "https://hop.example.vn"}, "SECRET_KEY"),
    ],
)
def test_nonsense_stops_the_start(env: dict[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        load(tmp_path, **env)
    assert sentence in str(refused.value)
    assert list(tmp_path.glob("secret_key")) == []
