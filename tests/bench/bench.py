"""tools/bench: measures build/awaitd on files of several sizes, prints a table and writes the figures as JSON with the
machine beside them. The bare parsing of the same keystrokes runs in the same minute, so ratios hold where times do not.
Standard library only."""
import argparse, datetime, json, os, platform, shutil, subprocess, sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
build = Path(os.environ.get("AWAITD_BUILD", root / "build"))


def arguments():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,50000", help="lines of the files")
    parser.add_argument("--keys", default="400", help="keystrokes of each kind")
    parser.add_argument("--kind", default="", help="only word, typing, newline, bracket or quote")
    parser.add_argument("--seed", default="1", help="of the places of the keystrokes")
    parser.add_argument("--think", default="0", help="milliseconds between an answer and the next key")
    parser.add_argument("--server", default=str(build / "awaitd"), help="another server to measure")
    parser.add_argument("--json", default=str(build / "bench/results.json"), help="where to write the figures")
    parser.add_argument("--realtime", action="store_true", help="run before everything else on a busy machine (root)")
    return parser.parse_args()


def machine():
    try:
        info = Path("/proc/cpuinfo").read_text()
        model = next(line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor()
    commit = subprocess.run(["git", "-C", str(root), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return {"name": platform.node(), "cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "python": platform.python_version(), "load": [round(x, 1) for x in os.getloadavg()],
            "date": datetime.date.today().isoformat(), "commit": commit.stdout.strip()}


def measure(options, size):
    source = build / f"bench/{size}.py"
    if not source.exists():
        subprocess.run([sys.executable, str(root / "tests/bench/assemble.py"), str(source.parent), size], check=True)
    command = [str(build / "tests/bench_lsp"), options.server, str(source), "--keys", options.keys, "--seed", options.seed,
               "--think", options.think]
    if options.kind:
        command += ["--kind", options.kind]
    if options.realtime:
        command = [shutil.which("chrt") or "chrt", "-f", "10", *command]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def milliseconds(times, *names):
    return "".join(f"{times[name] / 1000:8.2f}" for name in names)


def table(result):
    print(f"\n{result['lines']} lines, {result['bytes']} bytes, {result['findings']} findings, seed {result['seed']}: "
          f"initialize {result['initialize_us']['p50'] / 1000:.1f} ms, open {result['open_us']['p50'] / 1000:.1f} ms, "
          f"ping {result['ping_us']['p50'] / 1000:.2f} ms, base {result['base_mb']:.1f} MB, "
          f"open +{result['open_mb'] - result['base_mb']:.1f} MB ({result['own_mb']:.1f} without the program's own pages)")
    print(f"{'':8}|{'key to diagnostics, ms':^32}|{'CPU':^8}|{'MB':^6}|{'analysis':^16}|{'our parse':^16}|{'tree-sitter':^16}")
    print(f"{'':8}|{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}|{'a key':>8}|{'':6}|" + "|".join([f"{'p50':>8}{'p99':>8}"] * 3))
    for kind, figures in result["kinds"].items():
        print(f"{kind:8}|{milliseconds(figures['keystroke_us'], 'p50', 'p95', 'p99', 'max')}|{figures['cpu_us'] / 1000:8.2f}"
              f"|{figures['resident_mb']:6.1f}|{milliseconds(figures['analysis_us'], 'p50', 'p99')}"
              f"|{milliseconds(figures['bare_chunks_us'], 'p50', 'p99')}|{milliseconds(figures['bare_whole_us'], 'p50', 'p99')}",
              flush=True)


def main():
    options = arguments()
    report = {"machine": machine(), "files": []}
    print(", ".join(f"{key} {value}" for key, value in report["machine"].items()))
    for size in options.sizes.split(","):
        report["files"].append(measure(options, size))
        table(report["files"][-1])
    Path(options.json).parent.mkdir(parents=True, exist_ok=True)
    Path(options.json).write_text(json.dumps(report, indent=1) + "\n")


main()
