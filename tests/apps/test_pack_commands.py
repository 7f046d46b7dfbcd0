"""The pack commands, and the how-to page whose commands they are."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from countermark.apps.cli.main import app

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "write-your-first-rule.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A working folder with the packs of the repository in it."""
    (tmp_path / "packs").symlink_to(ROOT / "packs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str) -> tuple[int, str]:
    """Exit code and standard output of a command line; `>` writes the output to a file."""
    command, _, target = line.partition(" > ")
    result = CliRunner().invoke(app, shlex.split(command)[1:], catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if target:
        Path(target.strip()).write_text(result.stdout)
    return result.exit_code, result.stdout


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Language and content of each code block of a page."""
    yield from BLOCK.findall(page.read_text(encoding="utf-8"))


def write(text: str) -> None:
    """Add a block to the file that its first line names."""
    path = Path(text.partition("\n")[0].removeprefix("# "))
    with path.open("a", encoding="utf-8") as file:
        file.write(text + "\n")


def test_the_how_to_page_says_what_the_commands_print(folder):
    shown = ""
    for kind, text in blocks(PAGE):
        if kind == "sh":
            shown = "".join(run(line)[1] for line in text.splitlines())
        elif kind == "toml":
            write(text)
        else:
            missing = [line for line in text.splitlines() if line not in shown.splitlines()]
            assert not missing, shown
    assert (folder / "rokkit.snapshot").is_file()


def test_json_gives_one_object_a_line_and_failures_exit_with_1(folder):
    assert run("countermark pack new acme.rokkit --low 50")[0] == 0
    code, out = run("countermark pack lint acme.rokkit --json")
    assert code == 0
    assert [json.loads(line)["check"] for line in out.splitlines()] == ["KP20"]
    cases = Path("acme.rokkit/public/tests/price.toml")
    cases.write_text(cases.read_text().replace('fire = ["price-floor-new"]', "fire = []", 1))
    code, out = run("countermark pack test acme.rokkit --json")
    trial = json.loads(out)
    assert code == 1
    assert (trial["pack"], trial["passed"], trial["failed"]) == ("acme.rokkit", 11, True)
    assert run("countermark pack lint acme.rokkit --released 1")[0] == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--low 1.999", "has more than the 2 decimals of EUR"),
        ("--currency EURO", "not an ISO 4217"),
        ("--right EUIPO/1/EU", "is not complete"),
        ("--right EUIPO/1/EU/soon --nice 28", "soon is not a day"),
        ("-o packs", "packs is there already"),
        ("--category parts.case", "for goods of other makers"),
    ],
)
def test_what_can_not_stand_in_a_new_pack_is_refused(folder, options, says):
    with pytest.raises(Exception, match=says):
        run(f"countermark pack new acme.rokkit {options}")
    assert not (folder / "acme.rokkit").exists()
