"""Reads the sources and fails where the shape of docs/architecture.md is broken. Prints GoogleTest-like lines."""
import json, os, re, subprocess, sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
LIBRARIES = {"protocol": {"protocol"}, "analysis": {"analysis"}, "server": {"server", "protocol", "analysis"}}


def files(*suffixes):
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    names = listed.stdout.split("\n") if listed.returncode == 0 else [str(p.relative_to(root)) for p in root.rglob("*")]
    for name in names:
        if name.endswith(suffixes) and name.split("/")[0] in (*LIBRARIES, "tests") and (root / name).is_file():
            yield name, (root / name).read_text(encoding="utf-8")


def test_includes_point_in_the_right_direction():
    for name, text in files(".h", ".cc", ".def"):
        allowed = LIBRARIES.get(name.split("/")[0])
        for include in INCLUDE.findall(text) if allowed else ():
            library = include.split("/")[0]
            if library in LIBRARIES:
                yield library not in allowed, f"{name} includes {include}"


def test_analysis_knows_no_json_and_no_threads_of_its_own():
    for name, text in files(".h", ".cc"):
        if name.startswith("analysis/"):
            for include in INCLUDE.findall(text):
                yield include.startswith(("nlohmann/", "boost/", "toml++/")), f"{name} includes {include}"
                yield include in ("thread", "fstream", "filesystem", "iostream"), f"{name} includes <{include}>: no I/O, no threads"


def test_protocol_knows_no_files_and_no_threads():
    for name, text in files(".h", ".cc"):
        if name.startswith("protocol/"):
            for include in INCLUDE.findall(text):
                yield include in ("thread", "mutex", "fstream", "filesystem", "iostream", "unistd.h"), f"{name} includes {include}"
                yield include.startswith("boost/"), f"{name} includes {include}"


def test_one_file_includes_tree_sitter():
    users = [name for name, text in files(".h", ".cc") if any(i.startswith("tree_sitter/") for i in INCLUDE.findall(text))]
    users = [name for name in users if name != "tests/bench/reparse.cc"]  # measures the bare parser
    yield users != ["analysis/syntax/parse.cc"], f"tree_sitter is included by {users}"


def test_heavy_headers_stay_out_of_headers():
    for name, text in files(".h"):
        if not name.startswith("tests/"):
            for include in INCLUDE.findall(text):
                heavy = include == "nlohmann/json.hpp" or include.startswith(("boost/", "toml++/"))
                yield heavy, f"{name} includes {include}; only .cc files may"


def test_every_header_says_what_it_is_for():
    for name, text in files(".h"):
        if not name.startswith("tests/"):
            yield not text.startswith("// "), f"{name} does not open with a comment"
            comment = re.match(r"(?://[^\n]*\n)*", text).group().count("\n")
            yield comment > 6, f"{name} opens with {comment} lines of comment; six are enough"
            yield "#pragma once" not in text, f"{name} lacks #pragma once"


def test_files_stay_small():
    for name, text in files(".h", ".cc"):
        lines = text.count("\n")
        yield lines > 500, f"{name} has {lines} lines"


def test_rules_are_the_same_everywhere():
    folder = root / "analysis/rules"
    listed = re.findall(r"^AWAITD_RULE\((\w+)\)", (folder / "rules.def").read_text(), re.M)
    codes = {}
    for rule in listed:
        source = folder / f"{rule}.cc"
        yield not source.is_file(), f"{rule} has no {source.name}"
        text = source.read_text() if source.is_file() else ""
        found = re.search(r'\.code = "(AWD\d+)"', text)
        yield not found, f"{source.name} names no code"
        codes[found.group(1) if found else rule] = rule
        yield f'.name = "{rule.replace("_", "-")}"' not in text, f"{source.name} holds another rule"
        page = folder / f"{rule}.md"
        yield not page.is_file(), f"{rule} has no page"
        headings = re.findall(r"^#+ (.*)", page.read_text(), re.M) if page.is_file() else []
        for heading in ("What it finds", "Why it matters", "What to do", "When not to"):
            yield heading not in headings, f"{page.name} lacks the heading {heading}"
        yield bool(found) and headings[:1] != [f"{rule.replace('_', '-')} ({found.group(1)})"], f"{page.name} has another title"
    yield list(codes) != sorted(codes), "rules.def is not in the order of codes"
    pages = {p.stem for p in folder.glob("*.md")}
    yield pages != set(listed), f"pages without a rule: {pages - set(listed)}"
    table = re.findall(r"^\| (AWD\d+) \| \[([\w-]+)\]", (root / "README.md").read_text(), re.M)
    yield table != [(code, rule.replace("_", "-")) for code, rule in codes.items()], "README's table of rules is another one"
    if "AWAITD" in os.environ:
        rules = json.loads(subprocess.run([os.environ["AWAITD"], "rules", "--output-format", "json"], capture_output=True).stdout)
        yield [r["code"] for r in rules] != list(codes), "awaitd rules says something else"


def test_races_have_cases_that_are_found_and_cases_that_are_not():
    folder, loud, silent = root / "analysis/rules", 0, 0
    for page in sorted(folder.glob("*.md")):
        code = re.search(r"\((AWD4(?:0\d|10))\)", page.read_text().split("\n", 1)[0])
        for block in re.findall(r"^```py\n(.*?)^```", page.read_text(), re.M | re.S) if code else ():
            for case in re.split(r"^ *(?:async )?def ", block, flags=re.M)[1:]:
                found = f"[{code.group(1)}" in case
                loud, silent = loud + found, silent + (not found and "await" in case)
    print(f"{loud + silent} cases of shared state: {loud} found, {silent} silent")
    yield loud + silent < 60, f"{loud + silent} cases of races in the pages; sixty are the least"
    yield not 0.35 < silent / (loud + silent) < 0.7, f"{silent} of {loud + silent} cases are silent"


def test_every_async_rule_of_other_linters_has_an_equivalent_or_a_reason():
    sys.path.insert(0, str(root / "tools"))
    import render_equivalents as page
    equivalents, linters = page.ours(), list(page.rows("linters.tsv"))
    codes = [row[0] for row in linters]
    yield len(codes) != len(set(codes)), "linters.tsv names a code twice"
    listed = re.findall(r"^\| (AWD\d+) \|", (root / "README.md").read_text(), re.M)
    for code, who, name, _, reason in linters:
        yield (code in equivalents) == bool(reason), f"{code} ({name}) needs an equivalent or a reason, and not both"
        unknown = set(who.split()) - {one for _, names in page.LINTERS for one in names}
        yield unknown, f"{code}: nobody is called {unknown}"
    for code, same in equivalents.items():
        yield any(ours not in listed for ours, _ in same), f"{code} has an equivalent that is no rule: {same}"
    written = root / "docs/equivalents.md"
    stale = not written.is_file() or written.read_text() != page.render()
    yield stale, "docs/equivalents.md is not what tools/render_equivalents.py prints"


failed = 0
for name, test in [(n, t) for n, t in list(globals().items()) if n.startswith("test_")]:
    name = "Meta." + name[5:]
    problems = [what for wrong, what in test() if wrong]
    for problem in problems:
        print(problem)
    failed += bool(problems)
    print("[  FAILED  ]" if problems else "[       OK ]", name, flush=True)
sys.exit(1 if failed else 0)
