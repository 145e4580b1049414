"""awaitd in a real Emacs in batch: awaitd.el compiles without a warning, the scenario of all editors with eglot, lsp-mode,
and the README's own steps. EMACS (a command) may be set.
"""
import os, shutil, sys

from common import Place, here, missing, play, root, run, server_settings, snippets

emacs = os.environ.get("EMACS", "emacs").split()
folder = root / "editors/emacs"


def batch(name):
    return [*emacs, "--batch", "-l", str(here / f"emacs/{name}.el")]


def compiles():
    with Place() as place:
        shutil.copy(folder / "awaitd.el", place.workspace)
        return run([*emacs, "--batch", "-Q", "--eval", "(setq byte-compile-error-on-warn t)", "-f", "batch-byte-compile", "awaitd.el"],
                   place.workspace, place.environment())


def knows_all_settings():
    said, code = run([*emacs, "--batch", "-Q", "-l", str(folder / "awaitd.el"), "--eval", "(princ awaitd--keys)"], root, os.environ)
    got = sorted(said.strip("()").replace(":", "").split())
    return ("", code) if got == server_settings() else (f"{got} instead of {server_settings()}", 1)


def scenario():
    with Place(folder_name()) as place:
        return place.play_scenario(batch("scenario"))


def evaluates(form):
    return run([*emacs, "--batch", "--eval", f"(kill-emacs (if {form} 0 1))"], root, os.environ)[1] == 0


def folder_name():
    """A trying name for a workspace. eglot does not escape %, so that no server can find a folder called %25; the one of
    Emacs 29 and later also loses what servers say of files below folders that are not ASCII."""
    return "my ws #1 @ [x]" if evaluates("(>= emacs-major-version 29)") else "my ws #1 ü+é@ [x]"


def lsp_mode():
    with Place("my ws ü") as place:  # lsp-mode 8 has its own ideas about # and [ in names
        return run(batch("lsp_mode"), place.workspace, place.environment())


def commands():
    with Place(folder_name()) as place:
        return run(batch("commands"), place.workspace, place.environment())


def newcomer(page):
    """The init.el of a page as it stands there, in the checkout's place."""
    def test():
        with Place(folder_name()) as place:
            init = place.temp / "init.el"
            init.write_text(snippets(page, "elisp")[0].replace("/path/to/awaitd", str(root)))
            return run(batch("newcomer"), place.workspace, place.environment(AWAITD_SNIPPET=str(init)))
    return test


def main():
    if not shutil.which(emacs[0]):
        return missing("emacs", f"{emacs[0]} is not installed")
    tests = {"emacs.compiles": compiles, "emacs.settings": knows_all_settings, "emacs.scenario": scenario,
             "emacs.commands": commands,
             "emacs.newcomer": newcomer(root / "README.md"), "emacs.own_page": newcomer(folder / "README.md")}
    if evaluates("(progn (package-initialize) (require 'lsp-mode nil t))"):
        tests["emacs.lsp_mode"] = lsp_mode
    else:
        missing("emacs.lsp_mode", "lsp-mode is not installed")
    return play(tests, sys.argv[1:])


sys.exit(main())
