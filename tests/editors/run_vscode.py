"""awaitd in VS Code: the extension as it is packaged, with awaitd inside, in the real workbench (code-server) in a headless
Chromium; its settings are the server's. CHROMIUM may be set. What it needs comes with tools/install test.
"""
import json, os, re, shutil, subprocess, sys, tempfile, zipfile
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


def packages():
    """For each platform its own .vsix, with the server in it and runnable; a program for another platform is refused."""
    mac = bytes.fromhex("cffaedfe0c000001") + bytes(56)  # how one for a Mac begins; there is none to be had here
    with tempfile.TemporaryDirectory() as temp:
        out, other = Path(temp) / "a.vsix", Path(temp) / "awaitd-mac"
        other.write_bytes(mac)
        for target, binary, fits in [("linux-x64", awaitd, True), ("darwin-arm64", other, True), ("darwin-arm64", awaitd, False),
                                     ("linux-arm64", awaitd, False), ("linux-x64", other, False), ("win32-x64", awaitd, False)]:
            out.unlink(missing_ok=True)
            said, code = run([str(extension / "package.sh"), "--target", target, "--binary", str(binary), "--out", str(out)],
                             root, os.environ)
            if (code == 0) != fits or out.exists() != fits:
                return f"--target {target} --binary {binary}: {said}", 1
            if not fits:
                continue
            with zipfile.ZipFile(out) as vsix:
                inside = vsix.getinfo("extension/server/awaitd")
                manifest = vsix.read("extension.vsixmanifest").decode()
                if inside.external_attr >> 16 & 0o777 != 0o755 or f'TargetPlatform="{target}"' not in manifest:
                    return f"{target}: {inside} {manifest}", 1
                if binary == awaitd:
                    server = Path(vsix.extract(inside, temp))
                    server.chmod(0o755)
                    subprocess.run([server, "--version"], check=True, stdout=subprocess.DEVNULL)
    return "", 0


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
    tests = {"vscode.settings": has_all_settings}
    if shutil.which("npm"):
        tests["vscode.packages"] = packages
    code = play(tests, sys.argv[1:])
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
