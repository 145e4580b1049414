"""awaitd --with a small server of our own that misbehaves, as processes. Prints GoogleTest-like lines."""
import os, signal, subprocess, sys

from lsp import PATIENCE, awaitd, children, gone, here, place, play, server

FAKE = "'%s' '%s'" % (sys.executable, here / "fake_server.py")
URI = "file:///w/a.py"
TEXT = "import time\n\n\nasync def f():\n    time.sleep(1)\n"
OWN = [("awaitd", 4)]


def with_fake(*arguments):
    return server("--with", FAKE, "--log-level", "info", *arguments)


def do(client, what, **more):
    client.notify("test/do", {"what": what, **more})


def test_two_servers_behave_as_one():
    with with_fake() as client:
        can = client.initialize()["capabilities"]
        assert "completionProvider" in can and can["hoverProvider"] is True and can["textDocumentSync"]["change"] == 2, can
        client.open(URI, TEXT)
        client.diagnostics(lambda found: found == OWN)
        do(client, "publish", params={"uri": URI, "version": 1, "diagnostics": [
            {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 6}}, "message": "m"}]})
        name = os.path.basename(sys.executable)
        client.diagnostics(lambda found: found == OWN + [(name, 0)])
        hover = client.request("textDocument/hover", place(URI, 4, 8))["contents"]["value"]
        assert "AWD101" in hover and hover.endswith("\n\n---\n\nfrom the fake"), hover
        assert client.request("textDocument/completion", place(URI, 0, 0)) == [{"label": "fake"}]
        client.change(URI, 2, 0, 0, "#\n")
        assert client.request("test/state")["documents"] == {URI: "#\n" + TEXT}
        client.diagnostics(lambda found: found == [("awaitd", 5), (name, 1)])
        assert client.end() == 0


def test_ids_of_both_servers_may_be_equal():
    with with_fake() as client:
        client.initialize()
        for id in (1, 2, "1"):  # awaitd's own session has begun with 1
            do(client, "call", id=id, method="window/showMessageRequest", params={"type": 3, "message": str(id)})
        questions = [client.until(lambda m: m.get("method") == "window/showMessageRequest") for _ in range(3)]
        assert len({str(q["id"]) for q in questions}) == 3, questions
        for question in reversed(questions):
            client.write({"id": question["id"], "result": {"title": "to " + question["params"]["message"]}})
        answers = client.request("test/state")["answers"]
        assert answers == [["1", {"title": "to 1"}], [2, {"title": "to 2"}], [1, {"title": "to 1"}]], answers


def test_it_inherits_nothing_and_is_waited_for():
    with with_fake() as client:
        client.initialize()
        state = client.request("test/state")
        assert len(state["descriptors"]) == 4, state  # three, and that of the look
        assert client.end() == 0
        assert gone(state["pid"])


def test_its_death_is_told_and_it_comes_back_with_the_documents():
    with with_fake() as client:
        client.initialize()
        client.open(URI, TEXT)
        pid = client.request("test/state")["pid"]
        do(client, "silence")
        waiting = client.send_request("textDocument/completion", place(URI, 0, 0))
        client.until_line("silent about textDocument/completion")
        os.kill(pid, signal.SIGKILL)
        answer = client.until(lambda m: m.get("id") == waiting and "method" not in m)
        assert "was killed by signal 9" in answer["error"]["message"], answer
        hover = client.request("textDocument/hover", place(URI, 4, 8))["contents"]["value"]
        assert "AWD101" in hover and "fake" not in hover, hover
        client.change(URI, 2, 0, 0, "#\n")
        client.diagnostics(lambda found: found == [("awaitd", 5)])
        client.until_line("is there, positions in", times=2)
        assert [state for _, state in children(client.process.pid) if state == "Z"] == []
        state = client.request("test/state")
        assert state["pid"] != pid and state["documents"] == {URI: "#\n" + TEXT}, state
        assert client.end() == 0


def test_one_that_stalls_holds_nobody_up():
    with with_fake() as client:
        client.initialize()
        pid = client.request("test/state")["pid"]
        do(client, "stall")
        client.open(URI, TEXT)
        client.diagnostics(lambda found: found == OWN)
        big = "#" * 1000 + "\n"
        for version in range(2, 250):  # more than a pipe holds
            client.change(URI, version, 0, 0, big)
        client.diagnostics(lambda found: found == [("awaitd", 252)])
        hover = client.request("textDocument/hover", place(URI, 252, 8), 30)["contents"]["value"]
        assert "AWD101" in hover and "fake" not in hover
        assert client.end() == 0  # bounded, too
        assert gone(pid)


def test_one_that_does_not_read_is_started_again():
    with with_fake() as client:
        client.initialize()
        pid = client.request("test/state")["pid"]
        do(client, "stall")
        client.open(URI, TEXT)
        client.change(URI, 2, 0, 0, "#" * (2 << 20) + "\n")
        for version in range(3, 40):  # it wants whole texts
            client.change(URI, version, 0, 0, "#")
        client.until_line("has left 64 MiB of messages unread; it is started again in 1 s (1 of 5)")
        client.until_line("is there, positions in", times=2)
        state = client.request("test/state")
        assert state["documents"] == {URI: "#" * (37 + (2 << 20)) + "\n" + TEXT}, len(state["documents"][URI])
        assert client.end() == 0
        assert gone(pid)


def test_an_exit_with_a_child_that_holds_the_output():
    with with_fake() as client:
        client.initialize()
        do(client, "leave_a_child")
        client.until_line("exited with code 4")
        client.until_line(": child ")
        child = int(client.lines.split(b": child ")[1].split()[0])
        assert gone(child)


def test_what_it_writes_to_stderr_is_in_our_log():
    with with_fake() as client:
        client.initialize()
        do(client, "say", line="something is odd")
        client.until_line("awaitd info: %s: something is odd" % os.path.basename(sys.executable))


def test_garbage_does_not_matter():
    with with_fake() as client:
        client.initialize()
        do(client, "garbage")
        assert client.request("test/state")["documents"] == {}


def test_commands_that_do_not_start():
    for command, why in [("/nonexistent/x --stdio", "x cannot be started: No such file or directory"),
                         ("'%s'" % here, "cannot be started: Permission denied")]:
        with server("--with", command) as client:
            client.initialize()
            shown = client.next("window/showMessage")
            assert shown["type"] == 1 and why in shown["message"], shown
            client.open(URI, TEXT)
            client.diagnostics(lambda found: found == OWN)
            assert client.end() == 0


def test_one_that_ends_at_once():
    with server("--with", FAKE + " --refuse") as client:
        client.initialize()
        logged = client.next("window/logMessage")["message"]
        assert "exited with code 7" in logged and "the fake does not want to" in logged, logged
        client.open(URI, TEXT)
        client.diagnostics(lambda found: found == OWN)
        assert client.end() == 0


def test_two_others():
    with server("--with", FAKE, "--with=" + FAKE) as client:
        client.initialize()
        client.open(URI, TEXT)
        hover = client.request("textDocument/hover", place(URI, 4, 8))["contents"]["value"]
        assert hover.count("from the fake") == 2, hover
        assert len(children(client.process.pid)) == 2
        assert client.end() == 0


def test_it_dies_with_awaitd():
    for way in ("kill", "eof"):
        with with_fake() as client:
            client.initialize()
            pid = client.request("test/state")["pid"]
            if way == "kill":
                client.process.kill()
            else:
                client.process.stdin.close()
            client.process.wait(PATIENCE)
            assert gone(pid), way


def test_wrong_commands_are_refused():
    for arguments in (["--with"], ["--with", ""], ["--with", "'open"]):
        done = subprocess.run([awaitd, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        assert done.returncode == 2 and b"--with needs a command" in done.stderr, done


sys.exit(play("With", {name[5:]: test for name, test in list(globals().items()) if name.startswith("test_")}))
