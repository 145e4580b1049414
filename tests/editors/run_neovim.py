"""awaitd in a real, headless Neovim: every tests/editors/neovim/test_*.lua in a Neovim, HOME and workspace of its own, the
scenario of all editors, and the README's own steps. NVIM (a command) and AWAITD_SEED may be set.
"""
import os, shutil, sys

from common import Place, here, missing, play, root, run, snippets

nvim = os.environ.get("NVIM", "nvim").split()
seed = os.environ.get("AWAITD_SEED", "20261123")
plugin = root / "editors/neovim"
command = [*nvim, "--headless", "-n", "-u", str(here / "neovim/init.lua"), "-c"]


def script(name):
    def test():
        with Place() as place:
            (place.workspace / "pyproject.toml").write_text("")
            start = f"lua require('editor').run('{name}')"
            return run([*command, start], place.workspace, place.environment(**lib()))
    return test


def lib():
    return {"AWAITD_PLUGIN": str(plugin), "AWAITD_LIB": str(here / "neovim"), "AWAITD_SEED": seed}


def scenario():
    with Place() as place:
        return place.play_scenario([*command, "lua require('editor').run('scenario')"], **lib())


def newcomer(page):
    """The init.lua of a page as it stands there, in the checkout's place."""
    def test():
        with Place() as place:
            (place.workspace / "a.py").write_text("import time\n\n\nasync def worker():\n    time.sleep(1)\n")
            init = place.home / ".config/nvim/init.lua"
            init.parent.mkdir(parents=True)
            init.write_text(snippets(page, "lua")[0].replace("/path/to/awaitd", str(root)))
            look = "lua if not vim.wait(60000, function() return #vim.diagnostic.get(0) == 1 end) then vim.cmd('cquit 1') end"
            return run([*nvim, "--headless", "-n", "a.py", "-c", look, "-c", "qall!"], place.workspace, place.environment())
    return test


def main():
    if not shutil.which(nvim[0]):
        return missing("neovim", f"{nvim[0]} is not installed")
    tests = {f"neovim.{p.stem[len('test_'):]}": script(p.stem) for p in sorted((here / "neovim").glob("test_*.lua"))}
    return play({**tests, "neovim.scenario": scenario, "neovim.newcomer": newcomer(root / "README.md"),
                 "neovim.own_page": newcomer(plugin / "README.md")}, sys.argv[1:])


sys.exit(main())
