#!/bin/sh
# Set up the environment in folder $1 from requirements.lock. Safe to repeat: what was interrupted is redone.
set -eu
target=$1
python=${PYTHON3:-python3}

# pip takes options from the environment too: those that would put packages elsewhere, or refuse, do not hold here
unset PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_ROOT PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE
export PYTHONNOUSERSITE=1

fail() { echo "set-up: $*" >&2; exit 1; }

# the package is not installed: it is that of the checkout in which a process stands, else of this one
place() {
    folder=$("$target/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    cmp -s .ci/fhi_checkout.py "$folder/fhi_checkout.py" || cp .ci/fhi_checkout.py "$folder/"
    grep -qs fhi_checkout "$folder/fhi.pth" || printf 'import fhi_checkout\n%s/.ci\n' "$PWD" > "$folder/fhi.pth"
}

# another checkout with the same lock has set it up: nothing is installed again
if [ -x "$target/bin/python" ] && cmp -s requirements.lock "$target/.fhi-ready"; then
    touch "$target/.fhi-ready"
    place
    exit 0
fi

command -v "$python" >/dev/null 2>&1 || fail "no $python found; install Python 3.11 or later (Debian, Ubuntu: apt install python3 python3-venv python3-pip)"
"$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$("$python" --version) is too old; Python 3.11 or later is needed (name another with PYTHON3=python3.12)"

if [ "${CONDA_DEFAULT_ENV:-}" = fhi ] && [ "$target" = "${CONDA_PREFIX:-}" ]; then
    echo "set-up: using the conda environment fhi in $target"
else
    "$python" -I -c 'import venv, ensurepip' 2>/dev/null || fail "$python lacks venv or pip (Debian, Ubuntu: apt install python3-venv python3-pip)"
    if [ -e "$target" ] && [ ! -f "$target/pyvenv.cfg" ] && [ -n "$(ls -A "$target")" ]; then
        fail "$target exists and is not a virtual environment; choose another folder with VENV="
    fi
    # clearing would empty the environment that the link points to
    [ ! -L "$target" ] || fail "$target is a symbolic link; remove it, or name the environment itself with VENV="
    echo "set-up: creating $target"
    "$python" -I -m venv --clear "$target"
fi

# uv comes from the same lock, with the same check of its hash
bootstrap="$target/uv.lock"
awk '/^[^ #]/ { keep = /^uv==/ } keep' requirements.lock > "$bootstrap"
"$target/bin/python" -I -m pip install --quiet --disable-pip-version-check --require-hashes -r "$bootstrap"
"$target/bin/uv" pip install --quiet --python "$target/bin/python" --require-hashes -r requirements.lock
place
# compile what a build, the lab and the tests import: a fifth of all that is installed; the rest when it is first used
"$target/bin/python" -I -c 'from fhi.running import server; server.load((*server.FIRST, *server.THEN))' &
"$target/bin/python" -I -c 'import ipykernel.kernelapp, jupyterlab.labapp, nbval.plugin, pytest, hypothesis'
wait
cp requirements.lock "$target/.fhi-ready.new" && mv "$target/.fhi-ready.new" "$target/.fhi-ready"
