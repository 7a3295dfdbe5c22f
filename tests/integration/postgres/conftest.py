"""A PostgreSQL server only for these tests: created, started and stopped here."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

ZONE = "Australia/Lord_Howe"
"""The server's time zone, whose clocks go back by half an hour in April."""
NEEDED = "PostgreSQL is not installed; on Debian: apt-get install postgresql"


def server_programs() -> Path:
    """Find the folder of initdb, the newest if there are several."""
    places = [Path(found).parent for found in [shutil.which("initdb")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), Path())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """Return the environment variables that name a running, empty database."""
    programs = server_programs()
    if not programs.is_absolute():
        pytest.fail(NEEDED)
    with _running(programs, tmp_path_factory.mktemp("postgres")) as settings:
        yield settings


@contextmanager
def _running(programs, folder):
    def run(*words):
        subprocess.run(words, check=True, user=user, cwd="/", capture_output=True)

    # initdb refuses root, and pytest's folders are closed to others.
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        folder = Path(tempfile.mkdtemp(prefix="integration-postgres-", dir="/tmp"))
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    (folder / "password").write_text("integration")
    if user:
        os.chown(folder / "password", pwd.getpwnam(user).pw_uid, -1)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    options += f" -c timezone={ZONE}"
    run(
        *(programs / "initdb", "-D", data, "-U", "integration", "-E", "UTF8"),
        *("--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={folder}/password"),
    )
    control = (programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w")
    run(*control, "-o", options, "start")
    try:
        yield {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": "integration",
            "PGPASSWORD": "integration",
            "PGDATABASE": "postgres",
        }
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)
