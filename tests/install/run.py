#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""daybook-install(7), line by line, in a fresh Debian: `make test-install`.

Makes a chroot with debootstrap, from where this machine's apt gets its packages, installs there, records, upgrades, backs up,
loses the database, restores, and compares the exports. Needs root. Everything runs in namespaces of its own, so ports are free and
nothing is left behind. KEEP=1 leaves the chroot, and says where.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "cgi-bin/man/daybook-install.7"
LEFT_OUT = {".git", "build", "var", "node_modules", "config.mak"}
SUITE = "bookworm"


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def run(command, **more):
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def examples():
    """The blocks of commands of the manual page, by name, as a shell takes them."""
    text = MANUAL.read_text()
    found = re.findall(r'^\.\\" example: (\S+)\n\.Bd [^\n]*\n(.*?)^\.Ed', text, re.S | re.M)
    return {name: block.replace(r"\e", "\\") for name, block in found}


def sources_of_packages():
    """The mirror of the suite that apt of this machine knows, and its lists of sources, for the chroot."""
    lines = run(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(CREATED_BY)"]).splitlines()
    for line in lines:
        site, release, kind = line.split()
        if release == SUITE and kind == "Packages":
            return site
    raise SystemExit(f"apt of this machine knows no packages of {SUITE}: nothing to make a fresh one from")


def older_version(folder):
    """The sources from before the newest file of schema/, unpacked into `folder`; False where there is no history."""
    newest = sorted((ROOT / "schema").glob("[0-9]*.sql"))[-1]
    added = subprocess.run(["git", "-C", ROOT, "log", "--first-parent", "-m", "--diff-filter=A", "-1",
                            "--format=%H", "--", newest],
                           check=False, capture_output=True, text=True).stdout.strip()
    if not added:
        return False
    folder.mkdir()
    packed = subprocess.run(["git", "-C", ROOT, "archive", f"{added}^"], check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
    return True


def make_root(root):
    """Debian as it is before anybody touches it, with the sources in /root."""
    say("debootstrap")
    run(["debootstrap", "--variant=minbase", "--include=systemd,ca-certificates,make", SUITE, root, sources_of_packages()])
    for name in ("sources.list", "sources.list.d"):
        if not (Path("/etc/apt") / name).exists():
            continue
        for file in ([Path("/etc/apt") / name] if name == "sources.list" else (Path("/etc/apt") / name).iterdir()):
            if "debian" in file.name or name == "sources.list":
                shutil.copy(file, root / "etc/apt" / file.relative_to("/etc/apt"))
    for file in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(file, root / file[1:])
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    shutil.copytree(ROOT, root / "root/daybook", symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))


def in_root(root, script, **more):
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C",
                   "DEBIAN_FRONTEND": "noninteractive"}
    return run(["chroot", root, "sh", "-euc", f"cd /root/daybook\n{script}"], env=environment, **more)


def mount(root):
    """What a chroot needs of the system; in this process's own namespaces, so that it goes with them."""
    for folder in ("/proc", root / "proc"):
        run(["mount", "-t", "proc", "proc", folder])
    run(["mount", "-t", "tmpfs", "-o", "mode=0755", "run", root / "run"])
    run(["mount", "--bind", "/dev", root / "dev"])


def prepare(root):
    """Packages and programs: with the network of the machine."""
    blocks = examples()
    mount(root)
    say("packages")
    in_root(root, blocks["packages"])
    (root / "usr/sbin/policy-rc.d").unlink()
    say("make install")
    script = "".join(line + "\n" for line in blocks["build"].splitlines() if not line.startswith("systemctl "))
    in_root(root, script)
    if older_version(root / "root/older"):
        say("the version before the newest file of schema/")
        in_root(root, "cd /root/older && make -s -j2 build/bin/daybook")


def main():
    if os.geteuid() != 0:
        raise SystemExit("test-install makes a chroot: it has to be run as root")
    if len(sys.argv) == 3:  # within namespaces
        root = Path(sys.argv[2])
        if sys.argv[1] == "prepare":
            prepare(root)
        else:
            sys.path.insert(0, str(Path(__file__).parent))
            import story

            story.tell(root)
        return
    folder = Path(tempfile.mkdtemp(prefix="daybook-install-"))
    root = folder / "root"  # which everybody may enter
    begun = time.monotonic()
    namespaces = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child"]
    try:
        make_root(root)
        subprocess.run([*namespaces, sys.executable, __file__, "prepare", root], check=True)
        subprocess.run([*namespaces, "--net", sys.executable, __file__, "tell", root], check=True)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"test-install failed after {time.monotonic() - begun:.0f} seconds") from error
    finally:
        if os.environ.get("KEEP"):
            say(f"the chroot is {root}")
        else:
            shutil.rmtree(folder)
    say(f"1 passed, 0 failed, 0 skipped (test-install, {time.monotonic() - begun:.0f} seconds)")


if __name__ == "__main__":
    main()
