"""Every check of the linter, and the linter itself."""

from __future__ import annotations

from typing import Final

from countermark.knowledge.files import Files
from countermark.knowledge.lint.aliases import distinctive, ordinary_words
from countermark.knowledge.lint.cases import enough_cases
from countermark.knowledge.lint.claims import supported
from countermark.knowledge.lint.identity import identity, terms
from countermark.knowledge.lint.personal import spares_people
from countermark.knowledge.lint.references import dangling
from countermark.knowledge.lint.rights import rights
from countermark.knowledge.lint.rule_form import (
    cheap_to_run,
    fair_prices,
    spares_authorised,
    spares_bystanders,
)
from countermark.knowledge.lint.secrets import no_leaks
from countermark.knowledge.lint.sense import admits_errors, meaningful
from countermark.knowledge.lint.subject import Check, Context, Remark, Subject
from countermark.knowledge.lint.tables import sound_tables
from countermark.knowledge.lint.texts import clean_text
from countermark.knowledge.reading import inspect_files

CHECKS: Final = (
    Check(id="KP01", title="the schema is kept and every name exists", run=dangling),
    Check(id="KP02", title="id, serial and revisions are in order", run=identity),
    Check(id="KP03", title="licence, contact and dates are within limits", run=terms),
    Check(id="KP04", title="text has no hidden characters", run=clean_text),
    Check(id="KP05", title="names are as distinctive as they are called", run=distinctive),
    Check(id="KP06", title="everyday words are not called coined", run=ordinary_words),
    Check(id="KP07", title="rules have an anchor and are cheap", run=cheap_to_run),
    Check(id="KP08", title="prices are judged by condition and band", run=fair_prices),
    Check(id="KP09", title="rules spare authorised sellers", run=spares_authorised),
    Check(id="KP10", title="rules spare goods that only fit the brand", run=spares_bystanders),
    Check(id="KP11", title="claims rest on grounds of their kind", run=supported),
    Check(id="KP12", title="every rule has enough test cases", run=enough_cases),
    Check(id="KP15", title="logic says something, once", run=meaningful),
    Check(id="KP16", title="rules admit where they may be wrong", run=admits_errors),
    Check(id="KP17", title="codes and pictures are what they say", run=sound_tables),
    Check(id="KP18", title="secrets stay in their part", run=no_leaks),
    Check(id="KP19", title="no personal data, no judging of people", run=spares_people),
    Check(id="KP20", title="rights, permissions and bands are in force", run=rights),
)
"""Checks that need the pack alone. KP12 (run), KP13 and KP14 need results: see the functions of `cases`."""


def lint_pack(files: Files, *, context: Context) -> tuple[Remark, ...]:
    """What every check says about a pack, errors first.

    A pack that can not be read gets its faults as KP01, and no other check.
    """
    reading = inspect_files(files)
    if reading.pack is None:
        return tuple(
            Remark(
                check="KP01",
                severity="E",
                place="",
                message=str(fault),
                advice=fault.hint or "correct it",
            )
            for fault in reading.faults
        )
    subject = Subject(pack=reading.pack, files=files, context=context)
    remarks = [remark for check in CHECKS for remark in check.run(subject)]
    return tuple(sorted(remarks, key=lambda remark: remark.severity))
