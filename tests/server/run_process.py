"""The real binary as a process: pipes, sockets, ends and garbage. Prints GoogleTest-like lines; standard library only."""
import contextlib, json, os, select, signal, socket, subprocess, sys, tempfile, time
from pathlib import Path

awaitd = os.environ.get("AWAITD", str(Path(__file__).resolve().parents[2] / "build/awaitd"))
PATIENCE = 20  # seconds; only used up by a test that fails
TEXT = "import time\r\n\r\n\r\nasync def f():\r\n    s = \"\U0001F600\"; time.sleep(1)\r\n"
CAPABILITIES = {"textDocument": {"publishDiagnostics": {"versionSupport": True},
                                 "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}}


def frame(message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class Client:
    """Speaks over two raw descriptors."""

    def __init__(self, reader, writer):
        self.reader, self.writer, self.buffer, self.id = reader, writer, b"", -1

    def write(self, data):
        while data:
            data = data[os.write(self.writer, data):]

    def more(self):
        if not select.select([self.reader], [], [], PATIENCE)[0]:
            raise AssertionError("the server says nothing; so far: %r" % self.buffer[:200])
        data = os.read(self.reader, 1 << 16)
        if not data:
            raise EOFError
        self.buffer += data

    def read(self):
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        header, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert header.startswith(b"Content-Length: "), header
        size = int(header[16:])
        while len(self.buffer) < size:
            self.more()
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return json.loads(body)

    def until(self, wanted):
        while True:
            message = self.read()
            if wanted(message):
                return message

    def request(self, method, params=None):
        self.id += 1
        message = {"jsonrpc": "2.0", "id": self.id, "method": method}
        if params is not None:
            message["params"] = params
        self.write(frame(message))
        return self.until(lambda m: m.get("id") == self.id and "method" not in m)

    def notify(self, method, params=None):
        self.write(frame({"jsonrpc": "2.0", "method": method, **({"params": params} if params is not None else {})}))

    def initialize(self, **params):
        answer = self.request("initialize", {"processId": None, "capabilities": CAPABILITIES, **params})
        self.notify("initialized", {})
        return answer

    def open(self, text=TEXT, version=1):
        self.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///a.py", "languageId": "python",
                                                              "version": version, "text": text}})

    def diagnostics(self):
        return self.until(lambda m: m.get("method") == "textDocument/publishDiagnostics")["params"]

    def works(self):
        """The whole way: open, publish."""
        self.open()
        found = self.diagnostics()["diagnostics"]
        assert [d["range"]["start"] for d in found] == [{"line": 4, "character": 14}], found


@contextlib.contextmanager
def server(*arguments, stderr=subprocess.DEVNULL, **popen):
    process = subprocess.Popen([awaitd, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
                               bufsize=0, **popen)
    try:
        yield process, Client(process.stdout.fileno(), process.stdin.fileno())
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()


def test_shutdown_and_exit_end_with_zero():
    for arguments in [(), ("--stdio",), ("--stdio", "--stdio", "--clientProcessId=1", "--unknown-flag"), ("server",)]:
        with server(*arguments) as (process, client):
            client.initialize()
            client.works()
            assert client.request("shutdown")["result"] is None
            client.notify("exit")
            assert process.wait(PATIENCE) == 0, arguments


def test_exit_without_shutdown_ends_with_one():
    with server() as (process, client):
        client.initialize()
        client.notify("exit")
        assert process.wait(PATIENCE) == 1


def test_the_end_of_stdin_ends_the_server():
    with server() as (process, client):
        process.stdin.close()
        assert process.wait(PATIENCE) == 1
    with server() as (process, client):
        client.initialize()
        client.works()
        process.stdin.close()
        assert process.wait(PATIENCE) == 1
    with server() as (process, client):
        client.initialize()
        client.request("shutdown")
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


def test_input_from_dev_null_and_from_a_file():
    done = subprocess.run([awaitd], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (1, b""), done
    with tempfile.TemporaryFile() as script:
        for message in [{"id": 0, "method": "initialize", "params": {"capabilities": {}}},
                        {"id": 1, "method": "shutdown"}, {"method": "exit"}]:
            script.write(frame({"jsonrpc": "2.0", **message}))
        script.seek(0)
        done = subprocess.run([awaitd], stdin=script, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0 and done.stdout.count(b"Content-Length: ") == 2, done


def test_garbage_does_not_stop_the_next_message():
    for garbage in [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00\xff" * 5000 + b"\r\n\r\n",
                    b"Content-Length: lots\r\n\r\n", b"Content-Length: 99999999999\r\n\r\n",
                    frame(b"{\"jsonrpc\":"), frame(b"[]"), frame(b"[" * 10000), frame(b"{\"a\":" * 10000),
                    frame(b"\xff\xfe"), b"Content-Length: 400\r\n\r\n{\"jsonrpc\":\"2.0\",", b"\r\n\r\n"]:
        with server() as (process, client):
            client.initialize()
            client.write(garbage)
            client.works()
            assert process.poll() is None


def test_a_message_in_single_bytes():
    with server() as (process, client):
        for byte in frame({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"capabilities": CAPABILITIES}}):
            client.write(bytes([byte]))
        assert "capabilities" in client.read()["result"]
        client.works()


def test_a_message_cut_in_half_by_the_end():
    with server() as (process, client):
        client.initialize()
        client.write(frame({"jsonrpc": "2.0", "id": 9, "method": "shutdown"})[:-5])
        process.stdin.close()
        assert process.wait(PATIENCE) == 1


def test_a_client_that_closes_its_end():
    with server() as (process, client):
        client.initialize()
        process.stdout.close()
        for version in range(2, 20):
            try:
                client.open(version=version)
                client.notify("textDocument/didClose", {"textDocument": {"uri": "file:///a.py"}})
            except BrokenPipeError:
                break
        code = process.wait(PATIENCE)
        assert code == 1, code  # and not -13, SIGPIPE


def test_a_client_that_does_not_read_is_still_served():
    with server() as (process, client):
        client.initialize()
        client.open()
        for version in range(2, 1500):  # the answers fill the pipe many times over
            client.notify("textDocument/didChange", {
                "textDocument": {"uri": "file:///a.py", "version": version},
                "contentChanges": [{"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}},
                                    "text": "#\n"}]})
        last = client.until(lambda m: m.get("params", {}).get("version") == 1499)
        assert last["params"]["diagnostics"][0]["range"]["start"]["line"] == 4 + 1498


def test_stdout_carries_nothing_but_the_protocol():
    with server("--log-level", "debug", stderr=subprocess.PIPE) as (process, client):
        client.initialize()
        client.write(b"garbage\r\n\r\n")
        client.works()
        client.request("shutdown")
        client.notify("exit")
        try:
            while True:
                client.read()  # asserts the header
        except EOFError:
            assert client.buffer == b"", client.buffer
        assert b"awaitd " in process.stderr.read()


def test_a_port():
    with server("--port", "0", stderr=subprocess.PIPE) as (process, _):
        line = process.stderr.readline().decode()
        port = int(line.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            connection.setblocking(True)
            client = Client(connection.fileno(), connection.fileno())
            client.initialize()
            client.works()
            client.request("shutdown")
            client.notify("exit")
            assert process.wait(PATIENCE) == 0


def test_a_pipe_and_a_socket_on_which_the_client_listens():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lsp.sock")
        for kind in ("pipe", "socket"):
            listener = socket.socket(socket.AF_UNIX if kind == "pipe" else socket.AF_INET)
            listener.bind(path if kind == "pipe" else ("127.0.0.1", 0))
            listener.listen(1)
            listener.settimeout(PATIENCE)
            where = path if kind == "pipe" else str(listener.getsockname()[1])
            with server("--%s=%s" % (kind, where)) as (process, _), listener.accept()[0] as connection:
                connection.setblocking(True)
                client = Client(connection.fileno(), connection.fileno())
                client.initialize()
                client.works()
                connection.shutdown(socket.SHUT_RDWR)
                assert process.wait(PATIENCE) == 1
            listener.close()


def test_no_connection_is_said_and_ends_with_one():
    done = subprocess.run([awaitd, "--pipe", "/nonexistent/x.sock"], capture_output=True, timeout=PATIENCE)
    assert done.returncode == 1 and b"no connection" in done.stderr and done.stdout == b"", done
    done = subprocess.run([awaitd, "--pipe", "/x" * 100], capture_output=True, timeout=PATIENCE)
    assert done.returncode == 1 and b"too long" in done.stderr, done


def test_arguments():
    def run(*arguments):
        return subprocess.run([awaitd, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    assert run("--version").stdout.startswith(b"awaitd 0.")
    assert b"usage: awaitd" in run("--help").stdout
    for wrong in [("--port", "x"), ("--port",), ("--port", "99999"), ("--pipe",), ("--log-level", "loud"), ("file.py",)]:
        done = run(*wrong)
        assert done.returncode == 2 and b"usage" in done.stderr and done.stdout == b"", (wrong, done)


def test_flags_of_the_pipe_are_left_alone():
    import fcntl
    with server() as (process, client):
        client.initialize()
        client.works()
        for stream in (process.stdin, process.stdout):
            assert fcntl.fcntl(stream.fileno(), fcntl.F_GETFL) & os.O_NONBLOCK == 0


failed = 0
for name, test in [(n, t) for n, t in list(globals().items()) if n.startswith("test_")]:
    name = "Process." + name[5:]
    print("[ RUN      ]", name)
    try:
        test()
        print("[       OK ]", name, flush=True)
    except Exception as error:  # a failed test must not hide the others
        failed += 1
        import traceback
        traceback.print_exc()
        print("[  FAILED  ]", name, flush=True)
sys.exit(1 if failed else 0)
