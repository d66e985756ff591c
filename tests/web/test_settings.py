"""Settings: a flag, else the environment, else a file, else the default; each is documented; wrong ones are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT, Run
from ivig.errors import BadInput, NotThere, UnknownName
from ivig.web.settings import Settings, settings_from


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ivig.toml"
    file.write_text('query_seconds = 1\nqueue = 11\nworkers = 3\nhost = "::1"\n')
    monkeypatch.setenv("IVIG_QUEUE", "22")
    monkeypatch.setenv("IVIG_WORKERS", "4")
    monkeypatch.setenv("IVIG_RELEASES", "")
    found = settings_from({"workers": 5}, file)
    assert found.releases is None
    assert (found.workers, found.queue, found.query_seconds, found.host) == (5, 22, 1.0, "::1")
    assert found.cache_size == Settings.model_fields["cache_size"].default


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("workers = 0", BadInput, "workers: Input should be greater than or equal to 1, not 0"),
        ('query_seconds = "long"', BadInput, "query_seconds: "),
        ("querry_seconds = 3", UnknownName, 'unknown setting "querry_seconds"; nearest: query_seconds'),
        ("this is no TOML", BadInput, "ivig.toml"),
        ('public_url = "javascript:alert(1)//"', BadInput, "public_url"),
        ("answer_size = inf", BadInput, "answer_size: Input should be a finite number, not inf"),
        ("query_seconds = nan", BadInput, "query_seconds: Input should be a finite number, not nan"),
        ("query_memory = 99999999999999999999", BadInput, "query_memory: "),
        (
            'trusted_proxies = "::1, bogus!!"',
            BadInput,
            "trusted_proxies: a proxy is an IP address or a network of them",
        ),
        ('trusted_proxies = "*"', BadInput, "trusted_proxies: "),
        ('trusted_proxies = "10.0.0.1/8"', BadInput, "10.0.0.1/8 has host bits set"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, error: type[Exception], message: str) -> None:
    file = tmp_path / "ivig.toml"
    file.write_text(text)
    with pytest.raises(error) as raised:
        settings_from({}, file)
    assert message in str(raised.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="No such file"):
        settings_from({}, tmp_path / "none.toml")


def test_a_folder_is_no_file_of_settings(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="Is a directory"):
        settings_from({}, tmp_path)


def test_proxies_in_every_usual_spelling() -> None:
    found = settings_from({"trusted_proxies": "127.0.0.1, 10.0.0.0/8,::1,fd00::/8,"})
    assert found.proxies == ["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]


def test_every_setting_is_a_flag_and_stands_in_the_documentation(run: Run) -> None:
    shown = " ".join(run("serve", "--help", COLUMNS="400").stdout.split())
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"--{name.replace('_', '-')} " in shown
        assert f"| `{name}` | `IVIG_{name.upper()}` |" in table


def test_the_command_says_what_is_wrong_and_ends_with_2(run: Run) -> None:
    done = run("serve", "--workers", "0")
    assert done.returncode == 2
    assert "workers: Input should be greater than or equal to 1" in done.stderr
    assert "Traceback" not in done.stderr
    done = run("serve", IVIG_QUEUE="many")
    assert (done.returncode, "queue: " in done.stderr) == (2, True)
