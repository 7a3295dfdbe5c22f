"""Projects with a loader that loses rows, and the two checks that must detect it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from pipeline.project import BIN, MELTANO, Project

from tools.project import ROOT

LOSING = Path(__file__).with_name("losing_loader.py")

MODELS = (
    *("build", "--exclude-resource-type", "unit_test"),
    *("--select", "+assert_everything_sent_arrived"),
    *("--indirect-selection", "cautious", "--vars"),
)


class Lossy:
    """A project whose loader loses given rows, in any warehouse."""

    def __init__(self, project: Project, loader: str, dbt: str, program: str):
        """Take a project, and the plugins that load into and build its warehouse."""
        self.project, self.loader, self.dbt = project, loader, dbt
        self.command: tuple[str | Path, ...] = (*MELTANO, "run", "reconcile:check")
        self.variables = "{}"
        make_lossy(project, loader, program)

    def load(self, lose: str = "") -> None:
        """Run tap and loader, which must succeed even if rows are lost."""
        self.project.run("tap-loop-returns", self.loader, LOSE=lose)

    def checks(self) -> dict[str, str]:
        """The problems that the command and the models' test report; empty if none."""
        loader = {"LOOP_RETURNS_RECONCILE_LOADER": self.loader}
        models = (*MELTANO, "invoke", self.dbt, *MODELS, self.variables)
        return {
            "command": _complaint(self.project.say(*self.command, **loader)),
            "models": _complaint(self.project.say(*models)),
        }

    def shell(self, command: str) -> None:
        """Run a command as a person would paste it."""
        done = self.project.say("sh", "-c", command)
        assert done.returncode == 0, done.stdout[-3000:]

    def state(self) -> str:
        """What Meltano keeps for the next sync."""
        name = f"demo:tap-loop-returns-to-{self.loader}"
        return self.project.say(*MELTANO, "state", "get", name).stdout


def make_lossy(project: Project, loader: str, program: str) -> None:
    """Let a loader lose the rows that the variable ``LOSE`` names."""
    real = ROOT / ".meltano/loaders" / loader
    loaders = project.meltano / "loaders"
    loaders.unlink()
    _mirror(real.parent, loaders, but=loader)
    _mirror(real, loaders / loader, but="venv")
    _mirror(real / "venv", loaders / loader / "venv", but="bin")
    programs = loaders / loader / "venv/bin"
    _mirror(real / "venv/bin", programs, but=program)
    lossy = f"{sys.executable} {LOSING} {real / 'venv/bin' / program}"
    (programs / program).write_text(f'#!/bin/sh\nexec {lossy} "$@"\n')
    (programs / program).chmod(0o755)


def _mirror(real: Path, folder: Path, but: str) -> None:
    """Make a folder of links to everything in another folder except one name."""
    folder.mkdir()
    for path in real.iterdir():
        if path.name != but:
            (folder / path.name).symlink_to(path)


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0 or done.stdout
    return done.stdout if done.returncode else ""


def reconcile_with(driver: str, folder: Path) -> Path:
    """Install the command with the driver of another warehouse."""
    uv = BIN / "uv"
    subprocess.run([uv, "venv", "--quiet", folder], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", folder / "bin/python",
         f"{ROOT / 'reconcile'}[{driver}]"],
        check=True,
    )  # fmt: skip
    return folder / "bin/loop-returns-reconcile"


def the_command(said: str) -> str:
    """The one command that is printed."""
    found = set(re.findall(r"TAP_LOOP_RETURNS__SELECT.*target-\w+", said))
    assert len(found) == 1, said[-3000:]
    return found.pop()


def insist(complaints: dict[str, str], stream: str, lost: int) -> str:
    """Both checks report the shortage; return the command that they print."""
    told = rf"{stream}: {lost} of \d+ keys that sync \S+ sent did not arrive"
    for way, said in complaints.items():
        assert re.search(told, said), (way, said[-3000:])
    [command] = {the_command(said) for said in complaints.values()}
    return command


def lose_and_mend(lossy: Lossy) -> None:
    """A loss is reported, and the printed command loads the rows again."""
    lossy.load(lose="return_labels:7")
    lossy.shell(insist(lossy.checks(), "return_labels", 7))
    all_is_well(lossy.checks())


def all_is_well(complaints: dict[str, str]) -> None:
    """Neither check reports a problem."""
    assert not any(complaints.values()), complaints
