"""`countermark serve`, `member ...` and `key ...`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from countermark.apps.cli.options import AsJson, SnapshotPath
from countermark.apps.cli.scanning import PolicyPath, WeightsPath
from countermark.domain.access import MemberKind, Scope

if TYPE_CHECKING:
    from countermark.wiring.serving import MembersDesk

RecordsUrl = Annotated[
    str,
    typer.Option(
        "--records",
        envvar="COUNTERMARK_RECORDS",
        help="URL of the database of members, cases and decisions.",
    ),
]
HERE = "sqlite:///countermark.db"
LOOPBACK = "127.0.0.1"

members = typer.Typer(help="Members of the alliance.", no_args_is_help=True)
keys = typer.Typer(help="Keys of members' machines.", no_args_is_help=True)


def serve(  # noqa: PLR0913, PLR0917 - one parameter for each option that people can give
    snapshot: SnapshotPath, policy: PolicyPath, weights: WeightsPath = None, records: RecordsUrl = HERE,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at.")] = 8000,
    shadow: Annotated[bool, typer.Option("--shadow", help="Decide and keep, and let nothing follow.")] = False,
) -> None:  # fmt: skip
    """Serve the gate: listings in, decisions out, everything kept. SIGTERM lets through who waits, then ends."""
    from countermark.apps.http.running import ServerSettings, run  # other commands need no server

    run(
        ServerSettings(
            host=host, port=port, records=records, snapshot=snapshot, policy=policy, weights=weights, shadow=shadow,
        )
    )  # fmt: skip


@members.command("add")
def add(
    name: Annotated[str, typer.Argument(help="As people call it.")],
    kind: Annotated[MemberKind, typer.Option(help="What it is.")],
    venue: Annotated[list[str] | None, typer.Option(help="Of a marketplace: a venue that it runs. Repeat it for more.")] = None,
    records: RecordsUrl = HERE, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Admit a member."""
    member = _desk(records).add_member(name, kind=kind, venues=venue or [])
    typer.echo(
        json.dumps({"ref": member.ref, "name": member.name})
        if as_json
        else f"{member.name} joined: {member.ref}"
    )


@members.command("list")
def list_members(records: RecordsUrl = HERE) -> None:
    """Show all members."""
    for member in _desk(records).members():
        typer.echo(f"{member.ref}  {member.kind:<15} {member.name}  {' '.join(member.venues)}")


@keys.command("issue")
def issue(
    member: Annotated[str, typer.Option(help="Name or reference of the member.")],
    scope: Annotated[
        list[Scope], typer.Option(help="What it opens, as gate:judge. Repeat it for more.")
    ],
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(help="Days until it expires, at most 90.")] = 90,
    records: RecordsUrl = HERE,
) -> None:
    """Issue a key. It is shown this once."""
    typer.echo(_desk(records).issue_key(member, name=name, scopes=frozenset(scope), days=days))


@keys.command("list")
def list_keys(
    member: Annotated[str, typer.Option(help="Name or reference of the member.")],
    records: RecordsUrl = HERE,
) -> None:
    """Show a member's keys."""
    for key in _desk(records).keys_of(member):
        state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
        typer.echo(f"{key.hint}…  {state}  {' '.join(sorted(key.scopes))}  {key.name}")


@keys.command("revoke")
def revoke(
    begins: Annotated[str, typer.Argument(help="How the key begins, see countermark key list.")],
    member: Annotated[str, typer.Option(help="Name or reference of the member.")],
    records: RecordsUrl = HERE,
) -> None:
    """Let a key open nothing any more."""
    key = _desk(records).revoke_key(begins.rstrip("…"), member=member)
    typer.echo(f"{key.hint}… opens nothing any more")


def _desk(records: str) -> MembersDesk:
    """Members and keys at a URL; the database code is loaded only when it is needed."""
    from countermark.wiring.serving import members_desk

    return members_desk(records)
