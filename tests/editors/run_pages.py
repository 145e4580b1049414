"""The pages of editors/others: every snippet is read out of its page and used. The server is started by the command that it
names, gets the settings through the door which that client has, and must find what they leave. ALE runs for real.
"""
import json, os, re, shutil, subprocess, sys, tomllib
from pathlib import Path

from common import Place, here, play, root, run, server_settings, snippets

pages = root / "editors/others"
CODE = 'import asyncio\nimport time\n\n\nasync def worker():\n    time.sleep(1)\n    open("file")\n'  # AWD101 and AWD104


class Failed(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failed(what)


class Client:
    """As little of a client as tells whether a configuration works."""

    def __init__(self, command, settings):
        self.settings, self.id = settings, 0
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def read(self):
        line = self.process.stdout.readline()
        check(line.startswith(b"Content-Length: "), f"the server says {line!r}")
        self.process.stdout.readline()
        return json.loads(self.process.stdout.read(int(line[16:])))

    def until(self, wanted):
        while True:
            message = self.read()
            if message.get("method") == "workspace/configuration":
                answers = [(self.settings or {}).get(item["section"]) for item in message["params"]["items"]]
                self.send(id=message["id"], result=answers)
            if wanted(message):
                return message

    def codes(self, options, asks):
        """Initializes, opens CODE and gives the codes of what is found once the settings are there."""
        capabilities = {"workspace": {"configuration": asks}}
        self.send(id=1, method="initialize", params={"processId": None, "capabilities": capabilities, "initializationOptions": options})
        self.until(lambda m: m.get("id") == 1)
        self.send(method="initialized", params={})
        if self.settings is not None:
            self.send(method="workspace/didChangeConfiguration", params={"settings": self.settings})
        self.send(method="textDocument/didOpen", params={"textDocument": {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": CODE}})
        found = self.until(lambda m: m.get("method") == "textDocument/publishDiagnostics")["params"]["diagnostics"]
        if asks and len(found) == 2:  # opened before the answer about the settings came
            found = self.until(lambda m: m.get("method") == "textDocument/publishDiagnostics")["params"]["diagnostics"]
        return [one["code"] for one in found]

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)


def works(command, options=None, settings=None):
    """options: initializationOptions; settings: what the client tells of all servers' settings."""
    check(Path(command[0].replace("/path/to/awaitd", str(root))).is_file(), f"{command} is not in a checkout")
    if "--with" in command:
        command = command[:command.index("--with")]  # the other server is not here
    given = {**(options or {}), **(settings or {}).get("awaitd", {})}
    check(set(given) <= set(server_settings()), f"{given}: there are only {server_settings()}")
    for asks in ([False, True] if settings else [False]):
        client = Client([part.replace("/path/to/awaitd", str(root)) for part in command], settings)
        try:
            found = client.codes(options, asks)
        finally:
            client.end()
        check(found == ["AWD101"], f"found {found} instead of AWD101 alone; the settings say {given}")


def block(page, language, number=0):
    return snippets(pages / page, language)[number]


def helix():
    toml = tomllib.loads(block("helix.md", "toml"))
    server, language = toml["language-server"]["awaitd"], toml["language"][0]
    check(language["name"] == "python" and "awaitd" in language["language-servers"], toml)
    works([server["command"], *server.get("args", [])], options=server["config"])


def kate():
    server = json.loads(block("kate.md", "json"))["servers"]["python"]
    check(re.match(server["highlightingModeRegex"], "Python"), server)
    works(server["command"], settings=server["settings"])


def sublime():
    server = json.loads(block("sublime.md", "json"))["clients"]["awaitd"]
    check(server["enabled"] and server["selector"] == "source.python", server)
    settings = {}
    for name, value in server["settings"].items():  # LSP takes dots for nesting
        settings.setdefault(name.split(".", 1)[0], {})[name.split(".", 1)[1]] = value
    works(server["command"], settings=settings)
    check(json.loads(block("sublime.md", "json", 1)) == {"lsp_code_actions_on_save": {"source.fixAll.awaitd": True}}, "on save")


def zed():
    settings = json.loads(block("zed.md", "json"))
    check(settings["languages"]["Python"]["language_servers"][0] == "awaitd", settings)
    works([settings["lsp"]["awaitd"]["binary"]["path"]], options=settings["lsp"]["awaitd"]["initialization_options"])
    extension = tomllib.loads((pages / "zed/extension.toml").read_text())
    check(extension["language_servers"]["awaitd"]["languages"] == ["Python"], extension)
    check(tomllib.loads((pages / "zed/Cargo.toml").read_text())["lib"]["crate-type"] == ["cdylib"], "Cargo.toml")


def jetbrains():
    template = json.loads((pages / "jetbrains/template.json").read_text())
    check(template["fileTypeMappings"][0]["languageId"] == "python", template)
    check(template["programArgs"]["default"] == "awaitd", template)
    for name in ("initializationOptions", "settings"):
        check(json.loads((pages / f"jetbrains/{name}.json").read_text()) == {}, name)
    works(["/path/to/awaitd/tools/run"], options=json.loads(block("jetbrains.md", "json")))


def coc():
    server = json.loads(block("vim.md", "json"))["languageserver"]["awaitd"]
    check(server["filetypes"] == ["python"], server)
    works([server["command"], *server.get("args", [])], settings=server["settings"])


def vim(script, number, place, **environment):
    check(shutil.which("vim"), "vim is not installed; tools/install test installs it")
    snippet = place.temp / "snippet.vim"
    snippet.write_text(block("vim.md", "vim", number).replace("/path/to/awaitd", str(root)))
    return run(["vim", "-N", "-es", "-u", "NONE", "-i", "NONE", "-S", str(here / "vim" / script)], place.workspace,
               place.environment(AWAITD_SNIPPET=str(snippet), **environment))


def vim_lsp():
    with Place() as place:
        out = place.temp / "registered.json"
        said, code = vim("vim_lsp.vim", 1, place, AWAITD_OUT=str(out))
        check(code == 0, said)
        server = json.loads(out.read_text())
        check(server["allowlist"] == ["python"], server)
        works(server["command"], settings=server["settings"])


def ale():
    check(Path("/usr/share/vim-ale").is_dir(), "ALE is not installed; tools/install test installs vim-ale")
    with Place() as place:
        (place.workspace / "pyproject.toml").write_text("")
        (place.workspace / "sample.py").write_text(CODE)
        said, code = vim("ale.vim", 0, place)
        check(code == 0, said)


def readable(test):
    def tested():
        try:
            test()
        except (Failed, KeyError, IndexError, ValueError, OSError, subprocess.SubprocessError) as problem:
            return f"{type(problem).__name__}: {problem}", 1
        return "", 0
    return tested


def all_have_a_test():
    unknown = {page.stem for page in pages.glob("*.md")} - {"helix", "kate", "sublime", "zed", "jetbrains", "vim"}
    check(not unknown, f"pages without a test: {unknown}")


tests = [helix, kate, sublime, zed, jetbrains, coc, vim_lsp, ale, all_have_a_test]
sys.exit(play({f"pages.{test.__name__}": readable(test) for test in tests}, sys.argv[1:]))
