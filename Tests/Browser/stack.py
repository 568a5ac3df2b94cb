"""The real services: started in a folder of their own, or those that already run (LARDER_TEST_URL and LARDER_TEST_HOME)."""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
WEB_ROOT = ROOT / ".build" / "webapp"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Stack:
    """Where the services are, and how to stop and start each of them by the process id that scripts/up noted."""

    def __init__(self, url: str, home: Path, is_own: bool):
        self.url = url
        self.home = home
        self.is_own = is_own

    @classmethod
    def given(cls) -> "Stack | None":
        url, home = os.environ.get("LARDER_TEST_URL"), os.environ.get("LARDER_TEST_HOME")
        is_own = os.environ.get("LARDER_TEST_MAY_KILL") == "yes"
        return cls(url.rstrip("/"), Path(home), is_own) if url and home else None

    @classmethod
    def start(cls) -> "Stack":
        home = Path(tempfile.mkdtemp(prefix="larder-browser-"))
        port = free_port()
        (home / "ports").mkdir()
        (home / "ports" / "gateway").write_text(f"{port}\n")
        stack = cls(f"http://127.0.0.1:{port}", home, is_own=True)
        try:
            stack.mend()
        except BaseException:
            stack.stop()
            raise
        return stack

    def mend(self) -> None:
        """Starts what does not run; all at their old ports, with their old data."""
        up = self._run(str(ROOT / "scripts" / "up"), "--detach", "--built")
        if up.returncode != 0:
            raise RuntimeError(f"scripts/up failed:\n{up.stdout}{up.stderr}")

    def stop(self) -> None:
        """Stops what `start` started and removes its data."""
        self._run(str(ROOT / "scripts" / "down"), "--wipe")
        shutil.rmtree(self.home, ignore_errors=True)

    def pid(self, service: str) -> int:
        return int((self.home / "run" / f"{service}.pid").read_text().split()[0])

    def kill(self, service: str, by: int = signal.SIGKILL) -> None:
        """Ends a service of our own and waits until it is gone."""
        assert self.is_own, "others use this stack"
        pid = self.pid(service)
        os.kill(pid, by)
        eventually(lambda: not _runs(pid), f"{service} has ended")

    def serve(self, web_root: Path) -> None:
        """Starts the gateway anew, at its port, with another copy of the app."""
        self.kill("gateway", signal.SIGTERM)
        done = self._run("bash", "-c", SERVE, "serve", str(ROOT / "scripts" / "lib.sh"), str(web_root))
        assert done.returncode == 0, done.stderr

    def homes(self, list_id: str) -> list[str]:
        """The three services that keep a list: those whose shard has it."""
        owners = {}
        for log in (self.home / "logs").glob("storage-replica-*.log"):
            owned = re.findall(r"Owns the shard .*shard=(\w+)", log.read_text())
            if owned:
                owners[owned[-1]] = log.stem
        query = " union ".join(f"select '{shard}' from shard_{shard}.document where id = '\\x{list_id}'" for shard in owners)
        port = (self.home / "ports" / "postgres").read_text().strip()
        found = self._run("psql", f"postgresql://larder@127.0.0.1:{port}/larder", "-qtAc", query)
        assert found.returncode == 0, found.stderr
        return [owners[shard] for shard in sorted(found.stdout.split())]

    def _run(self, *command: str) -> subprocess.CompletedProcess:
        keeps = {name: value for name, value in os.environ.items() if not name.startswith("LARDER_")}
        return subprocess.run(command, cwd=ROOT, env={**keeps, "LARDER_HOME": str(self.home)}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=180)


# As scripts/up starts it. `lib.sh` takes its own place from BASH_SOURCE.
SERVE = """
. "$1"
. "$LARDER_HOME/environment"
export LARDER_SIGNING_KEY="$LARDER_HOME/signing-key" LARDER_HEALTH_LISTEN="127.0.0.1:$(port gateway-health)"
start gateway "$BIN/gateway" --listen "127.0.0.1:$(port gateway)" --web-root "$2"
await 30 gateway curl -fsS "http://$LARDER_HEALTH_LISTEN/readyz"
"""


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
