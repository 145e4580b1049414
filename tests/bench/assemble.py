"""assemble.py FOLDER LINES...: writes FOLDER/LINES.py for each, made of whole top-level statements of real modules of
the installed standard library: those with `async def` first, asyncio before the others, then the rest by name, so that
the same Python gives the same files. Standard library only."""
import ast, asyncio, re, sys
from pathlib import Path

LIBRARY = Path(asyncio.__file__).resolve().parents[1]
SKIPPED = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "__pycache__"}


def modules():
    found = []
    for path in sorted(LIBRARY.rglob("*.py")):
        parts = path.relative_to(LIBRARY).parts
        if SKIPPED & set(parts) or parts[0].startswith("config-"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        is_async = re.search(r"^\s*async def", text, re.M) is not None
        found.append((parts[0] != "asyncio", not is_async, parts, text))
    return [text for _, _, _, text in sorted(found)]


def assemble(texts, lines):
    out = []
    for text in texts:
        try:
            ends = [s.end_lineno for s in ast.parse(text).body]
        except SyntaxError:
            continue
        source = text.replace("\f", "").splitlines()
        left = lines - len(out)
        cut = max((e for e in ends if e <= left), default=0) if len(source) > left else len(source)
        out += source[:cut]
        if len(out) > lines * 0.98:
            break
    return "\n".join(out) + "\n"


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    texts = modules()
    for lines in map(int, sys.argv[2:]):
        (folder / f"{lines}.py").write_text(assemble(texts, lines), encoding="utf-8")


main()
