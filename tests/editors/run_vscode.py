"""awaitd in VS Code: the extension as it is packaged, with awaitd inside, in the real workbench (code-server) in a headless
Chromium; its settings are the server's. CHROMIUM may be set. What it needs comes with tools/install test.
"""
import json, os, re, shutil, sys
from pathlib import Path

from common import Place, awaitd, here, is_editors_setting, missing, play, root, run, server_settings

extension, workbench = root / "editors/vscode", here / "vscode"
chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
own_node = workbench / "node_modules/.node/node_modules/.bin"  # where the system's is another version than code-server's


def has_all_settings():
    properties = json.loads((extension / "package.json").read_text())["contributes"]["configuration"]["properties"]
    own = {"path", "arguments", "trace.server"}  # the extension's, not the server's
    names = {name.removeprefix("awaitd.") for name in properties} - own
    kebab = sorted(re.sub("[A-Z]", lambda letter: "-" + letter.group().lower(), name) for name in names)
    projects = [name for name in kebab if not is_editors_setting(name)]
    problems = [f"{projects} instead of {server_settings()}"] if projects != server_settings() else []
    problems += [f"{name} is not described" for name, one in properties.items() if not one.get("markdownDescription", one.get("description"))]
    known = re.findall(r"'(\w+)'", re.search(r"KEYS = \[(.*?)\]", (extension / "src/settings.ts").read_text()).group(1))
    problems += [f"src/settings.ts passes on {known}"] if set(known) != names else []
    return "\n".join(problems), len(problems)


# What a newcomer has as `code`, for `package.sh --install`; the folders are those code_server.mjs uses.
CODE = """#!/bin/sh
exec node --require="%s/without_argon2.cjs" "%s/node_modules/code-server/out/node/entry.js" \
  --user-data-dir "$HOME/data" --extensions-dir "$HOME/extensions" "$@"
"""


def scenario():
    with Place() as place:
        vscode = place.temp / "code"
        vscode.write_text(CODE % (workbench, workbench))
        vscode.chmod(0o755)
        built, code = run([str(extension / "package.sh"), "--install", "--binary", awaitd], root, place.environment(VSCODE=str(vscode)))
        if code != 0:
            return f"package.sh:\n{built}", code
        (place.workspace / ".vscode").mkdir()
        (place.workspace / ".vscode/settings.json").write_text("{}\n")
        picture = Path(os.environ.get("AWAITD_BUILD", root / "build")) / "vscode-failed.png"
        return place.play_scenario(["node", str(workbench / "scenario.mjs")], AWAITD_FAILED_PICTURE=str(picture))


def main():
    code = play({"vscode.settings": has_all_settings}, sys.argv[1:])
    if sys.argv[1:] and not any(w in "vscode.scenario" for w in sys.argv[1:]):
        return code
    installed = run([str(workbench / "install.sh"), "--cached"], root, os.environ)[1] == 0
    if not shutil.which("node") or not shutil.which(chromium) or not installed:
        return code | missing("vscode.scenario", "node, Chromium or the workbench from npm is not there")
    if own_node.is_dir():
        os.environ["PATH"] = f"{own_node}:{os.environ['PATH']}"
    output, failed = scenario()
    print(output)
    if failed and "[  FAILED  ]" not in output:
        print("[  FAILED  ] vscode.scenario ")
    return code | (failed != 0)


sys.exit(main())
