"""`make eval`: quality on data that the code was not tuned on; writes docs/quality.md.

- a simulated market of another seed than weights, demo and tests, sellers disjoint from those learned from;
- names disguised by the market's own generator, which shares no table with the engine;
- ordinary phrases and honest listings written by people who never saw the engine (bench/data);
- real listings in ../shared/data, where that folder is present; they are read there and never copied.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from countermark import wiring
from countermark.scanning.plan import plan_of
from evaluation.honest import honest
from evaluation.market import market
from evaluation.names import disguises, ordinary
from evaluation.scans import DAY, ROOT

ABOUT = (
    "Made by `make eval`. Weights were learned from none of this. Of the data below, the offers of Walmart, Amazon and other web\n"
    "shops, the replica rows and the ordinary phrases were read by those who wrote rules, nouns, names and prices, and faults of\n"
    "the kinds met there were mended: these figures are of data already seen. The market's tables of renderings and nicknames\n"
    "share nothing with the packs, but some of the same people wrote both. 95 % intervals in brackets."
)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = wiring.build_snapshot_file(
            [ROOT / "packs/core", ROOT / "packs/starter"], folder / "plain.snapshot", as_of=DAY
        )
        plan = plan_of(made)
        parts = [market(folder), disguises(plan), ordinary(plan), honest(folder)]
    head = [
        "# Quality",
        "",
        ABOUT,
    ]
    text = "\n\n".join(["\n".join(head), *("\n".join(part) for part in parts)]) + "\n"
    (ROOT / "docs/quality.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
