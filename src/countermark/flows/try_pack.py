"""Run the tests of a pack: cases, the bounds they try, the mutants they notice, variants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from countermark.domain.packs import Pack, PackId
from countermark.domain.rules import Rule
from countermark.errors import PackError
from countermark.flows.build_snapshot import snapshot_of
from countermark.knowledge.files import Files
from countermark.knowledge.lint.cases import boundaries, case_results, survivors
from countermark.knowledge.lint.subject import Remark
from countermark.knowledge.reading import read_pack
from countermark.knowledge.snapshot import Snapshot
from countermark.scanning.case_neighbours import neighbour_remarks
from countermark.scanning.case_questions import demands_of
from countermark.scanning.case_variants import variant_remarks
from countermark.scanning.cases import CaseRun, run_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrial:
    """What the cases of a pack say about one of its rules.

    Attributes:
        fire, quiet, blocked: cases that fire it, leave it quiet, and block it (quiet ones too).
        mutants: rules with one of its signals less; `killed`: those that some case noticed.
    """

    rule: str
    fire: int
    quiet: int
    blocked: int
    mutants: int
    killed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackTrial:
    """The tests of one pack, run.

    Attributes:
        cases, passed: how many there are, and how many say what they should.
        rules: its rules that are not retired.
        remarks: failures as KP12 and KP13; variants as warnings.
    """

    pack: PackId
    cases: int
    passed: int
    rules: tuple[RuleTrial, ...]
    remarks: tuple[Remark, ...]

    @property
    def failed(self) -> bool:
        """Whether anything must be mended before a release."""
        return any(remark.severity == "E" for remark in self.remarks)


def try_pack(
    files: Files, *, beside: Sequence[Files], vocabulary: Sequence[str], as_of: date
) -> PackTrial:
    """The tests of a pack, run with the packs `beside` it.

    Args:
        files: of the pack.
        beside: the core pack, and packs whose marks the cases need; another edition of a pack
            under test is left out.
        vocabulary: everyday words.
        as_of: the day on which price bands and permissions must hold.

    Raises:
        PackError, SnapshotError: a pack can not be read, or they do not go together.
    """
    pack = read_pack(files)
    others = [other for other in beside if read_pack(other).id != pack.id]
    snapshot = snapshot_of([files, *others], vocabulary=vocabulary, as_of=as_of)
    return trial_of(pack, files, snapshot=snapshot)


def try_together(
    packs: Sequence[Files], *, beside: Sequence[Files], vocabulary: Sequence[str], as_of: date
) -> Iterator[PackTrial]:
    """The tests of several packs, run in one snapshot of all; each answers for its own marks.

    What must fire a rule of one brand's pack must not fire a rule of another's.

    Raises:
        PackError, SnapshotError: a pack can not be read, or they do not go together.
    """
    read = [read_pack(files) for files in packs]
    others = {read_pack(other).id: other for other in beside}
    for pack in read:
        others.pop(pack.id, None)
    snapshot = snapshot_of([*packs, *others.values()], vocabulary=vocabulary, as_of=as_of)
    pairs = list(zip(read, packs, strict=True))
    demands = {pack.id: demands_of(pack, files) for pack, files in pairs}
    foreign = neighbour_remarks(read, demands, snapshot)
    for pack, files in pairs:
        own = frozenset(mark.id for mark in pack.marks)
        trial = trial_of(pack, files, snapshot=snapshot, marks=own)
        yield replace(trial, remarks=(*trial.remarks, *foreign.get(pack.id, ())))


def trial_of(
    pack: Pack, files: Files, *, snapshot: Snapshot, marks: frozenset[str] | None = None
) -> PackTrial:
    """The tests of a pack that `snapshot` holds; see `run_cases` for `marks`."""
    if pack.id not in {source.id for source in snapshot.packs}:
        begins, ends = pack.header.valid_from.date(), pack.header.expires.date()
        says = f"pack {pack.id} is in use from {begins} to {ends}, and not on {snapshot.as_of}"
        raise PackError(says, hint="test it for another day with --as-of, or renew it")
    run = run_cases(demands_of(pack, files), pack=pack, snapshot=snapshot, marks=marks)
    remarks = [
        *case_results(run.results),
        *boundaries(pack, run.tried),
        *survivors(pack, run.survivors),
        *variant_remarks(run),
    ]
    return PackTrial(
        pack=pack.id,
        cases=len(run.results),
        passed=sum(not (result.unexpected or result.cured) for result in run.results),
        rules=tuple(_rule_trial(rule, run) for rule in pack.rules if rule.status != "retired"),
        remarks=tuple(remarks),
    )


def _rule_trial(rule: Rule, run: CaseRun) -> RuleTrial:
    """What the cases say about one rule."""
    about = [demand for demand in run.demands if rule.id in demand.asked]
    fire = sum(rule.id in demand.fire for demand in about)
    todo = sum(rule.id in demand.todo - demand.fire for demand in about)
    mutants = sum(mutant.rule.id == rule.id for mutant in run.mutants)
    alive = sum(mutant.rule.id == rule.id for mutant in run.survivors)
    return RuleTrial(
        rule=rule.local_id,
        fire=fire,
        quiet=len(about) - fire - todo,
        blocked=sum(rule.id in demand.blocked for demand in about),
        mutants=mutants,
        killed=mutants - alive,
    )
