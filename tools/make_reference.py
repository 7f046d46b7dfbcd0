"""Write the reference pages of docs/reference from the code and the core pack.

python tools/make_reference.py            write them
python tools/make_reference.py --check    say which are not what they would be; exit 1 if any
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import typer

from countermark.adapters.packs import read_folder
from countermark.apps.cli.main import app
from countermark.domain.catalogue import CodeShape, Tell
from countermark.domain.marks import Alias, Anchors, Mark, Right
from countermark.domain.packs import PackHeader, PackPart, Requires
from countermark.domain.rules import Rule, TermList, TestCase
from countermark.domain.signals import OPERATORS, Field
from countermark.knowledge.csv_tables import CSV_TABLES
from countermark.knowledge.files import MAX_FILE_BYTES, MAX_FILES, MAX_PACK_BYTES
from countermark.knowledge.lint.registry import CHECKS
from countermark.knowledge.reading import read_pack
from countermark.operators.catalogue import CATALOGUE
from countermark.scanning.explaining import load_sentences

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "reference"
NOTE = "<!-- Written by tools/make_reference.py; do not edit. -->\n\n"
HIDDEN = ("help", "install_completion", "show_completion")
PLAIN: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    Decimal: "number",
    bool: "true or false",
}
FIELDS = get_args(Field)
MEANINGS = {
    "in_": "where to look",
    "list": "lists asked: `core.<id>`, or the id of a list of the same pack",
}


def cli_page() -> str:
    """Every command with its arguments and options."""
    parts = [
        f"{NOTE}# Commands\n\nResults go to standard output, everything else to standard error.",
        "Exit codes: 0 done, 1 refused (one `error:` line says why), 2 misused.",
    ]
    parts += [
        _command(name, command)
        for name, command in _commands("countermark", typer.main.get_command(app))
    ]
    return "\n\n".join(parts) + "\n"


def _commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command that does something, groups being looked into."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for part, below in command.commands.items():
        yield from _commands(f"{name} {part}", below)


def _command(name: str, command: Any) -> str:
    shown = [p for p in command.params if p.name not in HIDDEN and not p.hidden]
    arguments = [p for p in shown if p.param_type_name == "argument"]
    options = [p for p in shown if p.param_type_name == "option"]
    needed = [f"{_long(p)} {_value(p)}" for p in options if p.required]
    usage = " ".join(
        [
            name,
            *map(_argument, arguments),
            *needed,
            *(["[options]"] if len(options) > len(needed) else []),
        ]
    )
    rows = [f"| `{_argument(p)}` | {p.help or ''} |" for p in arguments]
    rows += [f"| {_names(p)} | {_meaning(p)} |" for p in options]
    table = "\n".join(["| | |", "|---|---|", *rows])
    return f"## {name}\n\n{_prose(command.help)}\n\n```text\n{usage}\n```\n\n{table}"


def _argument(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    return f"{name}..." if parameter.nargs == -1 else name


def _long(option: Any) -> str:
    return max(option.opts, key=len)


def _value(option: Any) -> str:
    return "" if option.is_flag else option.metavar or option.name.upper()


def _names(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    return names if option.is_flag else f"{names} `{_value(option)}`"


def _meaning(option: Any) -> str:
    extra = ["required"] if option.required else []
    if option.multiple:
        extra.append("may be given several times")
    if option.default not in (None, "", (), []) and not option.is_flag and option.show_default:
        extra.append(f"default: `{option.default}`")
    return (option.help or "") + (f" ({'; '.join(extra)})" if extra else "")


def operators_page() -> str:
    """Every question that a rule can ask."""
    head = f"""{NOTE}# Operators

A signal of a rule is an operator with its arguments: `brand = {{ op = "brand", in = ["title"] }}`. It is asked about a listing and one
mark that the listing names, and the answer is true, false or unknown. Unknown is never taken for no. Arguments without a default must
be given. The texts of a listing are {_listed(FIELDS)}."""
    return "\n\n".join([head, *(_operator(name, kind) for name, kind in OPERATORS.items())]) + "\n"


def _operator(name: str, kind: Any) -> str:
    text, meanings = _described(inspect.getdoc(kind) or "")
    answered = inspect.getdoc(CATALOGUE[name]) if name in CATALOGUE else None
    rows = []
    for field in msgspec.structs.fields(kind):
        default = "" if field.required else _toml(field.default)
        meaning = meanings.get(field.name, MEANINGS.get(field.name, ""))
        rows.append(f"| `{field.encode_name}` | {_kind(field.type)} | {default} | {meaning} |")
    table = "\n".join(["| argument | is | default | means |", "|---|---|---|---|", *rows])
    said = [f"Answered: {_prose(answered)}"] if answered else []
    return "\n\n".join([f"## {name}", _prose(text), *said, table])


def _described(doc: str) -> tuple[str, Mapping[str, str]]:
    """The text of a docstring and what its `Attributes:` say, by name."""
    text, _, attributes = doc.partition("Attributes:")
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=    \S)", attributes.strip("\n")):
        names, _, meaning = entry.partition(":")
        for name in names.split(","):
            found[name.strip()] = " ".join(meaning.split())
    return text.strip(), found


def _kind(given: Any) -> str:
    """A type in words."""
    origin = get_origin(given)
    if origin is Annotated:
        return _kind(get_args(given)[0])
    if origin is Literal:
        return (
            "a text of a listing"
            if get_args(given) == FIELDS
            else f"one of {_listed(get_args(given))}"
        )
    if origin in (Union, types.UnionType):
        kinds = [part for part in get_args(given) if part is not type(None)]
        return " or ".join(dict.fromkeys(map(_kind, kinds)))
    if origin is tuple:
        part = get_args(given)[0]
        if get_origin(part) is Union:  # several choices are one
            part = Literal[*(value for each in get_args(part) for value in get_args(each))]
        return f"list of {_kind(part).replace('one of ', '').replace('a text', 'texts')}"
    return PLAIN.get(given, getattr(given, "__name__", str(given)))


def _toml(value: Any) -> str:
    if value is None or value == ():
        return "not asked"
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value)}`"


def rules_page() -> str:
    """Every rule and word list of the core pack."""
    pack = read_pack(read_folder(ROOT / "packs" / "core"))
    head = f"""{NOTE}# Rules and lists of the core pack

Each rule is asked about a listing and one mark that it names. It fires when `when` is true and no signal of `unless` is. Authors say
what status they ask for and how much they trust a rule before anything is measured; a policy and your labels have the last word."""
    rules = [_rule(rule) for rule in pack.rules]
    lists = [
        "## Lists",
        "\n".join(["| list | words | tells |", "|---|---|---|", *map(_list, pack.lists)]),
    ]
    return "\n\n".join([head, *rules, *lists]) + "\n"


def _rule(rule: Rule) -> str:
    facts = f"`{rule.id}` revision {rule.rev}, {rule.status}, claims {rule.claim.replace('_', ' ')}, prior {rule.prior}"
    signals = "\n".join(f"{name:<8} = {_signal(signal)}" for name, signal in rule.signals.items())
    logic = f"when     = {json.dumps(rule.when)}\nunless   = {json.dumps(list(rule.unless))}"
    sentences = load_sentences()
    told = sentences.texts.get(rule.reason, sentences.texts["other"])["en"]
    wrong = "; ".join(rule.falsepositives)
    parts = [f"## {rule.local_id}", f"{rule.title}.", f"{facts}."]
    parts.append(f"```toml\n{signals}\n\n{logic}\n```")
    parts.append(f"The seller is told: {told}")
    return "\n\n".join([*parts, f"May be wrong about: {wrong}."])


def _signal(signal: Any) -> str:
    """A signal as packs write it."""
    built = msgspec.to_builtins(signal, builtin_types=(Decimal,))
    pairs = (f"{key} = {_inline(value)}" for key, value in built.items())
    return f"{{ {', '.join(pairs)} }}"


def _inline(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _list(words: TermList) -> str:
    languages = ", ".join(words.terms)
    return f"| `core.{words.id}` | {len(words.words)} ({languages}) | {_prose(words.note)} |"


def _listed(values: Any) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _prose(text: str | None) -> str:
    """Text of a docstring with its line breaks, paragraphs excepted, taken out."""
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n"))


TABLES: Mapping[str, Any] = {
    "pack.toml": PackHeader,
    "pack.toml [parts.*]": PackPart,
    "pack.toml [requires]": Requires,
    "marks.toml [[mark]]": Mark,
    "marks.toml [[mark.right]]": Right,
    "aliases.toml [[alias]]": Alias,
    "aliases.toml anchors": Anchors,
    "terms.toml, lists/, rules/ [[list]]": TermList,
    "terms.toml, lists/, rules/ [[code]]": CodeShape,
    "rules/ [[rule]]": Rule,
    "tells.toml [[tell]]": Tell,
    "tests/ [[case]]": TestCase,
}
AMOUNT = "as people write it, `119.00`, in the row's currency and for the whole pack; low <= typical <= high."
WRITTEN = {
    (Rule, "id"): "distinct in the pack; others know it as `<pack id>/<id>`.",
    (
        TestCase,
        "listing",
    ): 'values by column of a listing; `price` in the currency\'s own unit; `""` is not known.',
    (TestCase, "fire"): "ids of the rules that must fire.",
    (TestCase, "blocked"): "rule id -> the `unless` signals that stop it, exactly.",
}
"""What stands in a file otherwise than the noun that is made of it."""
UNWRITTEN = frozenset({"origin"})


def packs_page() -> str:
    """The files of a pack, what stands in them, and what the linter looks at."""
    head = f"""{NOTE}# The format of packs

A pack is a folder of TOML and CSV, and never code. `pack.toml` stands at its top; knowledge stands in the folders of its
parts: `public/` for everybody, `members/` for members of the alliance, `venue/` for the marketplaces that the part names. Each part may have
any of the files below. A pack has at most {MAX_FILES:,} files and {MAX_PACK_BYTES >> 20} MiB, a file at most {MAX_FILE_BYTES >> 20} MiB; there are no links and no paths
out of the folder. Text is UTF-8 in form NFC. In transit it is [one archive](../how-to/sign-and-ship-a-pack.md).

A rule has its questions in `[rule.signals]` ([operators](operators.md)) and `when`, `unless` and `block_on_unknown` in
`[rule.logic]`. `when` joins names of signals with `and`, `or`, `not`, brackets and `at_least(2, a, b, c)`. In a tests file `[defaults]` is
the listing that every case begins with."""
    tables = [_fields(f"`{name}`", kind) for name, kind in TABLES.items()]
    return "\n\n".join([head, *tables, _csv_tables(), _checks()]) + "\n"


def _fields(title: str, kind: Any) -> str:
    """A TOML table: its keys, their types, and what they mean."""
    text, meanings = _described(inspect.getdoc(kind) or "")
    rows = []
    for field in msgspec.structs.fields(kind):
        if field.name in UNWRITTEN:
            continue
        needed = "required" if field.required else ""
        meaning = WRITTEN.get((kind, field.name), meanings.get(field.name, ""))
        rows.append(f"| `{field.encode_name}` | {_type(field.type)} | {needed} | {meaning} |")
    table = "\n".join(["| key | is | | means |", "|---|---|---|---|", *rows])
    return f"## {title}\n\n{_prose(text)}\n\n{table}"


def _type(given: Any) -> str:
    """A type in words, tables and dates included."""
    origin, parts = get_origin(given), get_args(given)
    if origin is Annotated:
        return _type(parts[0])
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type(p) for p in parts if p is not type(None)))
    if origin is tuple:
        return f"list of {_type(parts[0]).replace('one of ', '')}"
    if origin is not None and origin is not Literal:
        return "table"
    plain = {date: "day", datetime: "instant with time zone"}
    is_table = isinstance(given, type) and issubclass(given, msgspec.Struct)
    return plain.get(given) or ("table" if is_table else _kind(given))


def _csv_tables() -> str:
    """The CSV files and their columns."""
    said = (
        "RFC 4180, comma, a fixed header in this order, all cells text; several values of a cell stand between `|`. A table that a machine made"
        ' may be Parquet instead (`products.parquet`), every column text, if `pack.toml` has `[tables."public/products.parquet"]` with'
        " `generated = true` and `source`, the SHA-256 of the file it was made from."
    )
    parts = ["## Tables", said]
    for path, table in CSV_TABLES.items():
        text, meanings = _described(inspect.getdoc(table.kind) or "")
        meanings = {**meanings, **dict.fromkeys(table.amounts, AMOUNT)}
        rows = [f"| `{name}` | {meanings.get(name, '')} |" for name in table.header]
        columns = "\n".join(["| column | means |", "|---|---|", *rows])
        parts.append(f"### `{path}`\n\n{_prose(text)}\n\n{columns}")
    return "\n\n".join(parts)


def _checks() -> str:
    """What the linter looks at; the checks that need results included."""
    later = {
        "KP12": "and, run by `pack test`: every case comes out as it says, with a case close to each bound",
        "KP13": "each signal taken away makes some case fail (`pack test`)",
        "KP14": "no rule fires on ordinary listings more often than its author expects (`pack lint --background RUN`)",
    }
    rows = {check.id: f"{check.title}" for check in CHECKS}
    for id_, says in later.items():
        rows[id_] = f"{rows[id_]}; {says}" if id_ in rows else says
    lines = [f"| {id_} | {rows[id_]} |" for id_ in sorted(rows)]
    head = (
        "An error (`E`) blocks a release, a warning (`W`) is shown in review; each says what to do."
    )
    return "\n\n".join(
        [
            "## Checks of the linter",
            head,
            "\n".join(["| check | holds when |", "|---|---|", *lines]),
        ]
    )


MAKERS = {
    "cli.md": cli_page,
    "packs.md": packs_page,
    "operators.md": operators_page,
    "rules.md": rules_page,
}


def main() -> None:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, make in MAKERS.items():
        path, text = PAGES / name, make()
        if check and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            stale.append(str(path.relative_to(ROOT)))
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.exit(f"not up to date: {', '.join(stale)}; run python tools/make_reference.py")


if __name__ == "__main__":
    main()
