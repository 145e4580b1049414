#!/usr/bin/env python3
"""Prints docs/equivalents.md: which rule of awaitd is the same as which rule of another linter. From the tables
analysis/knowledge/equivalents.tsv and linters.tsv and the table of rules in README.md; tests/meta compares.

    tools/render_equivalents.py > docs/equivalents.md
"""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINTERS = (("flake8-async", ("flake8-async", "flake8-async-off")), ("Ruff", ("ruff", "ruff-preview")), ("SonarPython", ("sonar",)),
           ("Pylint", ("pylint",)), ("Pyright", ("pyright",)), ("ty", ("ty",)), ("mypy", ("mypy",)), ("Bandit", ("bandit",)))
NOTES = {"ruff-preview": "preview", "flake8-async-off": "off by default"}

HEAD = """# awaitd beside other linters

<!-- tools/render_equivalents.py wrote this page from analysis/knowledge/equivalents.tsv and linters.tsv -->

Every rule of other linters and type checkers that looks at async code, and what awaitd has for it. *Same* means that a `# noqa` with
that code silences ours, too. *Overlaps* means that neither covers the other, so each speaks for itself.

Both sides see the calls that are written in the coroutine itself. awaitd also follows types, helpers in other files and callbacks, so
that it finds more under the same heading.

## One voice

* `overlap = "defer"` in `[tool.awaitd]` leaves to Ruff and flake8-async what they surely report: where the project's configuration
  selects the code (Ruff: `select`, `extend-select`, `ignore`; flake8: the plugin among the dependencies or in pre-commit) and the call is
  one that their rule knows. Everything else awaitd still says. `"report"` is the default.
* With Ruff's unused-noqa rule (RUF100), tell Ruff that our codes are somebody else's, or its fix deletes them:

  ```toml
  [tool.ruff.lint]
  external = ["AWD"]
  ```

  awaitd's "Silence" fix then writes `# noqa: AWD101`, else `# awaitd: ignore[AWD101]`.
"""


def rows(name):
    for line in (ROOT / "analysis/knowledge" / name).read_text().splitlines():
        if line and not line.startswith("#"):
            yield ["" if cell == "-" else cell for cell in line.split("\t")]


def ours():
    """code of another linter -> [(our code, overlaps only)]"""
    found = {}
    for code, same, partly in rows("equivalents.tsv"):
        for words, overlap in ((same, False), (partly, True)):
            for word in words.split():
                found.setdefault(word, []).append((code, overlap))
    return found


def render():
    readme = (ROOT / "README.md").read_text()
    links = dict(re.findall(r"^\| (AWD\d+) \| \[[\w-]+\]\((\S+)\)", readme, re.M))
    equivalents, linters = ours(), list(rows("linters.tsv"))

    def told(code, reason):
        same = [f"[{c}](../{links[c]})" for c, overlap in equivalents.get(code, ()) if not overlap]
        partly = [f"[{c}](../{links[c]})" for c, overlap in equivalents.get(code, ()) if overlap]
        parts = [", ".join(same)] if same else []
        parts += ["overlaps " + ", ".join(partly)] if partly else []
        return "; ".join(parts) or "none: " + reason

    out = [HEAD]
    for title, names in LINTERS:
        out.append(f"## {title}\n\n| code | rule | awaitd |\n|---|---|---|")
        for code, who, name, _, reason in linters:
            having = [n for n in names if n in who.split()]
            if having:
                note = f" ({NOTES[having[0]]})" if having[0] in NOTES else ""
                out.append(f"| {code} | {name}{note} | {told(code, reason)} |")
        out.append("")
    known = {row[0] for row in linters}
    out.append("## Rules that are not about async code\n\nA `# noqa` with one of these also silences ours, or overlaps with it.\n")
    out.append("| code | awaitd |\n|---|---|")
    out += [f"| {code} | {told(code, '')} |" for code in sorted(set(equivalents) - known)]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    print(render(), end="")
