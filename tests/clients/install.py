"""Installs what package-lock.json pins, where it is not there yet. No script of any package is run."""
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def install():
    """Why the clients are not there, or nothing."""
    lock, stamp = os.path.join(HERE, "package-lock.json"), os.path.join(HERE, "node_modules", ".package-lock.json")
    if shutil.which("node") is None:
        return "node is not there: script/setup installs it"
    if os.path.exists(stamp) and os.path.getmtime(stamp) >= os.path.getmtime(lock):
        return ""
    if shutil.which("npm") is None:
        return "npm is not there: script/setup installs it"
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, capture_output=True, text=True)
    if done.returncode == 0:
        os.utime(stamp)
    return "" if done.returncode == 0 else "npm ci in tests/clients failed: " + done.stderr.strip()[-300:]


if __name__ == "__main__":
    print(install() or "tests/clients: everything is there")
