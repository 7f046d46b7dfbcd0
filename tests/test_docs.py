"""Documentation is true: its commands run, its links lead somewhere, its reference is that of the code."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from countermark.apps.cli.main import run

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([\w-]+\.(?:csv|toml))` is this")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
BRANDS = ("nike", "gucci", "rolex", "apple", "adidas", "canada-goose", "louis-vuitton", "coach")
FEW = "1200"
TUTORIAL, OWN, LEARN, POLICIES = (
    DOCS / name
    for name in (
        "tutorial.md",
        "how-to/scan-your-own-listings.md",
        "how-to/learn-weights.md",
        "how-to/policies.md",
    )
)


def commands(text):
    """Each command of a console block with the lines shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, [line for line in shown.splitlines() if line and not line.endswith("...")]


def said(command):
    """What a command prints; it must succeed."""
    out, err, given, code = io.StringIO(), io.StringIO(), sys.argv, 0
    sys.argv = shlex.split(command.partition(" | ")[0])
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            run()
    except SystemExit as left:
        code = left.code
    finally:
        sys.argv = given
    assert not code, f"{command}: {err.getvalue()}"
    return out.getvalue()


def smaller(command):
    """A command for the few listings of the test: fewer to make, and one of them to explain."""
    if " explain " in command:
        flagged = pq.read_table("tour/run/flagged.parquet").column("listing_id")[0].as_py()
        command = re.sub(r"L\d{9}", flagged, command)
    return command.replace("--listings 20000", f"--listings {FEW} --processes 1").replace(
        "countermark scan", "countermark scan --processes 1"
    )


def shape(line):
    """A line without its figures and names, as far as every size of market has it."""
    return re.sub(r"[\d.,]+|cm1-\w+|[wp]-[0-9a-f]{12}", "#", line).split("#")[0].strip()[:24]


def follow(page):
    """Do what a page says, block by block."""
    text, made = page.read_text(encoding="utf-8"), 0
    for block in BLOCK.finditer(text):
        kind, content = block.groups()
        if kind == "console":
            for command, shown in commands(content):
                printed = {shape(line) for line in said(smaller(command)).splitlines()}
                assert shape(shown[0]) in printed or "explain" in command, (command, shown[0])
                made += 1
        elif kind == "python":
            exec(compile(content, str(page), "exec"), {})  # noqa: S102 - the page's own example
        elif name := FILE.findall(text[: block.start()]):
            Path(name[-1]).write_text(content, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def toured(tmp_path_factory):
    """A folder in which the tutorial was followed, with a few brands only."""
    folder = tmp_path_factory.mktemp("tour")
    shutil.copytree(ROOT / "packs" / "core", folder / "packs" / "core")
    for name in BRANDS:
        shutil.copytree(ROOT / "packs" / "starter" / name, folder / "packs" / "starter" / name)
    shutil.copytree(ROOT / "policies", folder / "policies")
    with contextlib.chdir(folder):
        assert follow(TUTORIAL) == 9
    return folder


@pytest.mark.parametrize(("page", "made"), [(OWN, 1), (LEARN, 5), (POLICIES, 2)])
def test_the_commands_of_a_page_run_and_print_what_it_shows(toured, page, made):
    with contextlib.chdir(toured):
        assert follow(page) == made


def test_every_page_with_commands_is_followed_by_a_test():
    followed = {TUTORIAL, OWN, LEARN, POLICIES, DOCS / "how-to/write-your-first-rule.md"}
    followed |= {DOCS / "how-to/sign-and-ship-a-pack.md", DOCS / "how-to/measure-names.md"}
    followed |= {DOCS / "how-to/serve-the-gate.md"}
    with_commands = {
        p
        for p in DOCS.rglob("*.md")
        if re.search(r"^\$ |^countermark ", p.read_text(), re.MULTILINE)
    }
    assert with_commands - followed <= {DOCS / "reference/cli.md"}


def test_the_example_of_your_own_listings_prints_what_the_page_shows(toured, capsys):
    blocks = dict(BLOCK.findall(OWN.read_text(encoding="utf-8")))
    with contextlib.chdir(toured):
        if not Path("tour/shop").exists():
            follow(OWN)
        capsys.readouterr()
        exec(compile(blocks["python"], str(OWN), "exec"), {})  # noqa: S102 - the page's own example
    assert capsys.readouterr().out == blocks["text"]


def test_the_reference_is_that_of_the_code_and_the_core_pack():
    spec = importlib.util.spec_from_file_location(
        "make_reference", ROOT / "tools/make_reference.py"
    )
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    for name, make in maker.MAKERS.items():
        written = (DOCS / "reference" / name).read_text(encoding="utf-8")
        assert written == make(), f"{name} is old: run python tools/make_reference.py"


def pages():
    """Every page that people read."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = re.sub(BLOCK, "", page.read_text(encoding="utf-8"))
    missing = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    assert missing == []


def test_every_policy_is_on_the_page_about_policies():
    text = POLICIES.read_text(encoding="utf-8")
    assert [
        p.name for p in (ROOT / "policies").glob("*.toml") if f"policies/{p.name}" not in text
    ] == []


def test_every_column_of_a_listing_is_on_the_page_about_listings():
    from countermark.domain.tables import LISTINGS

    text = OWN.read_text(encoding="utf-8")
    assert [name for name in [*LISTINGS.names, "price"] if f"`{name}`" not in text] == []


def test_every_table_of_a_run_is_on_the_page_about_listings(toured):
    text = OWN.read_text(encoding="utf-8")
    assert [p.name for p in (toured / "tour/run").iterdir() if f"`{p.name}`" not in text] == []


def test_every_word_of_a_label_is_on_the_page_about_weights():
    from countermark.domain.decisions import LABEL_CLAIMS, LABELS, ORIGINS

    text = LEARN.read_text(encoding="utf-8")
    assert [w for w in (*LABEL_CLAIMS, *ORIGINS, *LABELS.names) if f"`{w}`" not in text] == []
