"""Results of pack commands as pages of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from countermark.flows.try_pack import PackTrial
from countermark.knowledge.lint.subject import Remark
from countermark.knowledge.verifying import Verified


def lint_page(folder: Path, remarks: Sequence[Remark]) -> str:
    """What the linter says about a pack."""
    errors = sum(remark.severity == "E" for remark in remarks)
    warnings = len(remarks) - errors
    return "\n".join(
        [f"{folder}: {_count(errors, 'error')}, {_count(warnings, 'warning')}", *_lines(remarks)]
    )


def trial_page(trial: PackTrial) -> str:
    """What the tests of a pack showed."""
    lines = [f"{trial.pack}: {trial.passed} of {_count(trial.cases, 'case')} passed"]
    width = max((len(rule.rule) for rule in trial.rules), default=0)
    lines += [
        f"  {rule.rule:<{width}}  fire {rule.fire:>3}  quiet {rule.quiet:>3}  "
        f"blocked {rule.blocked:>3}  mutants killed {rule.killed}/{rule.mutants}"
        for rule in trial.rules
    ]
    return "\n".join([*lines, *_lines(trial.remarks)])


def verified_page(verified: Verified) -> str:
    """What a signature says."""
    return (
        f"{verified.id} serial {verified.serial}: verified, parts {', '.join(verified.parts)}\n"
        f"  pack hash {verified.pack_hash}\n"
        f"  signed by {', '.join(verified.signers)}"
    )


def _lines(remarks: Sequence[Remark]) -> list[str]:
    """One line a remark, errors first."""
    return [f"  {remark}" for remark in sorted(remarks, key=lambda remark: remark.severity)]


def _count(number: int, thing: str) -> str:
    """A number with its noun."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
