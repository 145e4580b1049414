"""tools/bench --dependents: what an edit of a helper costs until its open dependents have their diagnostics, beside an edit
that only concerns the edited file. Speaks LSP with build/awaitd over pipes. Standard library only."""
import statistics, subprocess, sys, tempfile, time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "with"))
import lsp

FUNCTIONS, ROUNDS, WARM = 60, 120, 20


def helper(blocks, own):
    body = "".join(f"\n\ndef part{i}(x):\n    total = x\n    for item in range(3):\n        total += item * {i}\n    return total\n" for i in range(FUNCTIONS))
    return ("import time\n\n\ndef load(path):\n    %s\n\n\nasync def local():\n    %s\n" %
            ("time.sleep(1)" if blocks else "return path", "time.sleep(1)" if own else "return 1") + body)


def dependent(i):
    body = "".join(f"\n\nasync def step{j}(x):\n    value = helper.part{j}(x)\n    if value > {j}:\n        return [value, {j}]\n    return value\n" for j in range(30))
    return f"import helper\n\n\nasync def main{i}():\n    return helper.load('p')\n" + body


class Session:
    def __init__(self, folder, count):
        self.process = subprocess.Popen([lsp.awaitd], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.client = lsp.Client(self.process)
        self.uris = {name: (folder / name).as_uri() for name in ["helper.py"] + [f"dep{i}.py" for i in range(count)]}
        self.versions = {}
        self.client.request("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {
            "textDocument": {"publishDiagnostics": {"versionSupport": True}}}})
        self.client.notify("initialized", {})
        for name, uri in self.uris.items():
            text = (folder / name).read_text()
            self.client.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}})
            self.published(name)

    def published(self, name):
        uri = self.uris[name]
        return self.client.until(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri)["params"]

    def edit(self, name, version, line, text, old, wait_for):
        """Milliseconds until each of these files has its diagnostics."""
        edit = {"range": {"start": {"line": line, "character": 4}, "end": {"line": line, "character": 4 + len(old)}}, "text": text}
        start = time.perf_counter()
        self.client.notify("textDocument/didChange", {"textDocument": {"uri": self.uris[name], "version": version}, "contentChanges": [edit]})
        for other in wait_for:
            found = self.published(other)["diagnostics"]
            if other != name:
                assert bool(found) == text.startswith("time"), (other, found)
        return (time.perf_counter() - start) * 1000

    def end(self):
        self.client.request("shutdown")
        self.client.notify("exit")
        self.process.wait(10)


def measure(count):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / ".git").mkdir()
        (folder / "helper.py").write_text(helper(False, False))
        for i in range(count):
            (folder / f"dep{i}.py").write_text(dependent(i))
        session, local, elsewhere, version = Session(folder, count), [], [], 1
        everyone = list(session.uris)
        for i in range(ROUNDS):
            for line, quiet, times, who in ((8, "return 1", local, ["helper.py"]), (4, "return path", elsewhere, everyone)):
                for text, old in (("time.sleep(1)", quiet), (quiet, "time.sleep(1)")):
                    version += 1
                    took = session.edit("helper.py", version, line, text, old, who)
                    if i >= WARM:
                        times.append(took)
                    time.sleep(0.002)  # a key at a time
        session.end()
        return local, elsewhere


def main():
    print("dependents | local edit, ms      | until all dependents, ms | ratio of p50")
    print("           |     p50     p95     |     p50     p95          |")
    for count in (1, 4, 12):
        local, elsewhere = measure(count)
        quantile = lambda times, q: sorted(times)[int(len(times) * q)]
        print(f"{count:10} |{statistics.median(local):8.2f}{quantile(local, .95):8.2f}     |{statistics.median(elsewhere):8.2f}"
              f"{quantile(elsewhere, .95):8.2f}          |{statistics.median(elsewhere) / statistics.median(local):8.2f}")


main()
