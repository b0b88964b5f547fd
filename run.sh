#!/usr/bin/env bash
# Sets everything up once (.venv in this folder), then does what is asked. See `bash run.sh --help`.
[ -n "${BASH_VERSION-}" ] || exec bash "$0" "$@"
set -uo pipefail

SETUP=2 # raise it when the set-up below changes, so that every copy sets up anew
TORCH_RANGE='torch>=2.11,<2.14'
CPU_INDEX=https://download.pytorch.org/whl/cpu
PROJECT=$(cd -P -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" >/dev/null && pwd) || exit 1
VENV=$PROJECT/.venv
PYTHON_OF_VENV=$VENV/bin/python
LOG=$VENV/setup.log

usage() {
    cat <<'END'
bash run.sh [FILE] [--out DIR] [--seed N] ...   draw faces for FILE (default: examples/testing_text.txt)
bash run.sh app [--checkpoint PATH] [--port N]   the app: explore and grade pictures in a browser
bash run.sh lab [JUPYTER ARGUMENTS]             JupyterLab in notebooks/
bash run.sh test [PYTEST ARGUMENTS]             lint, type check and test, a process a core
bash run.sh test --quick                        the same without browsers, servers, notebooks, arenas and kills
bash run.sh workbench COMMAND ...               any command: generate, train, data, presets ... (--help lists them)
bash run.sh train|data|presets|export|judge|evaluate|compare|doctor|arena|report|restore|stylize|enlarge|edit|project|passwords ...   the same, shorter

The first call sets up .venv in this project's folder. TORCH=cuda takes the usual build of torch, with its
gigabytes of GPU libraries, instead of the CPU build; PYTHON=... chooses a Python from 3.11 to 3.13 for it.
END
}

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "run.sh: $*"
    exit 1
}

# Which build of torch: what is asked for, else what is there, else the CPU build.
build_of_torch() {
    local recorded=cpu
    [ -r "$VENV/torch-build" ] && recorded=$(<"$VENV/torch-build")
    printf %s "${TORCH:-$recorded}"
}

# All that a set-up depends on, in plain text. Comparing it starts no other program.
fingerprint() {
    printf '%s\n' "set-up $SETUP, torch $(build_of_torch), $PROJECT"
    [ -r "$VENV/pyvenv.cfg" ] && printf '%s\n' "$(<"$VENV/pyvenv.cfg")"
    printf '%s\n' "$(<"$PROJECT/pyproject.toml")"
}

# is_set_up PART: whether the set-up of PART (base, test, ...) was finished for the files as they are.
is_set_up() {
    [ -x "$PYTHON_OF_VENV" ] && [ -r "$VENV/set-up-$1" ] && [ "$(<"$VENV/set-up-$1")" = "$(fingerprint)" ]
}

find_python() {
    local candidate candidates=(python3.11 python3.12 python3.13 python3)
    [ -n "${PYTHON-}" ] && candidates=("$PYTHON") # named, so no other one is taken in its place
    for candidate in "${candidates[@]}"; do
        # Asked to run, since a shim can be on the PATH without a Python behind it.
        if "$candidate" -c 'import sys, venv, ensurepip
raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; then
            printf %s "$candidate"
            return
        fi
    done
    return 1
}

# A virtual environment that still works where it is: not moved, its Python not gone, not half made.
venv_works() {
    [ -x "$PYTHON_OF_VENV" ] && [ -r "$VENV/pyvenv.cfg" ] || return 1
    local config
    config=$(<"$VENV/pyvenv.cfg")
    [[ $config != *'command = '* || $config$'\n' == *" $VENV"$'\n'* ]] || return 1
    "$PYTHON_OF_VENV" -m pip --version >/dev/null 2>&1
}

make_venv() {
    local python
    python=$(find_python) || fail "${PYTHON:+PYTHON=$PYTHON does not do: }no Python from 3.11 to 3.13 with its venv module was found (on Debian and Ubuntu:" \
        "apt install python3.11 python3.11-venv); PYTHON=/path/to/python bash run.sh names one"
    say "setting up, once: a virtual environment with $python"
    rm -rf -- "$VENV" && "$python" -m venv "$VENV" >&2 || fail "cannot make the virtual environment $VENV"
}

# install WHAT...: pip, with its many words kept in the log.
install() {
    "$PYTHON_OF_VENV" -m pip install --disable-pip-version-check --no-input "$@" >>"$LOG" 2>&1
}

show_log() {
    say "--- the last lines of $LOG"
    tail -n 12 -- "$LOG" >&2
    say "---"
}

install_torch() {
    local cuda_free=(--retries 1 --timeout 10 --constraint "$VENV/cuda-free.txt")
    say "setting up, once: torch, the CPU build (about 200 MB)"
    # What only GPU builds need is ruled out, so pip takes a CPU build or none. A "+cpu" version outranks the
    # plain one of the same number. An index that does not answer is skipped; local wheels that pip knows serve.
    install "${cuda_free[@]}" --index-url "$CPU_INDEX" "$TORCH_RANGE" && return
    install "${cuda_free[@]}" "$TORCH_RANGE" && return
    show_log
    fail "no CPU build of torch for $("$PYTHON_OF_VENV" -V) could be had, neither from $CPU_INDEX nor from where pip" \
        "looks on this machine. Check the connection and call again; or take the usual build, with about 3 GB of GPU" \
        "libraries: TORCH=cuda bash run.sh"
}

# set_up PART: finished at once when nothing changed; an interrupted set-up is finished by the next call.
set_up() {
    local part=$1 build what=.
    build=$(build_of_torch)
    case $build in cpu | cuda) ;; *) fail "TORCH=$build is not known; TORCH=cpu or TORCH=cuda" ;; esac
    is_set_up "$part" && return
    if command -v flock >/dev/null; then
        exec 9<"$PROJECT" || fail "cannot read $PROJECT"
        flock -n 9 || { say "waiting for another set-up to finish" && flock 9; }
        is_set_up "$part" && exec 9<&- && return
    fi
    SECONDS=0
    venv_works || make_venv
    [ "$part" = base ] || what=".[$part]"
    cd "$PROJECT" || exit 1
    rm -f -- "$VENV/set-up-$part" && : >"$LOG" || fail "cannot write to $VENV"
    if [ -r "$VENV/torch-build" ] && [ "$(<"$VENV/torch-build")" != "$build" ]; then
        "$PYTHON_OF_VENV" -m pip uninstall -y torch >>"$LOG" 2>&1 # either build meets the range
    fi
    printf %s "$build" >"$VENV/torch-build"
    printf 'triton<0\nnvidia-cudnn-cu12<0\nnvidia-cudnn-cu13<0\nnvidia-nccl-cu12<0\nnvidia-nccl-cu13<0\n' >"$VENV/cuda-free.txt"
    local constraint=()
    if [ "$build" = cpu ]; then
        install_torch
        constraint=(--constraint "$VENV/cuda-free.txt")
    fi
    say "setting up, once: the other packages"
    if ! install ${constraint[@]+"${constraint[@]}"} --editable "$what"; then
        show_log
        fail "the packages could not be installed; call again to go on where this stopped"
    fi
    fingerprint >"$VENV/set-up-$part.new" && mv -f -- "$VENV/set-up-$part.new" "$VENV/set-up-$part" ||
        fail "cannot write to $VENV"
    [ "$part" = base ] || cp -- "$VENV/set-up-$part" "$VENV/set-up-base"
    say "set up in $SECONDS s"
    cd "$OLDPWD" || exit 1
    exec 9<&-
}

# -P: modules are the installed ones, never files of the caller's folder.
workbench() { exec "$PYTHON_OF_VENV" -P -m workbench "$@"; }

# JupyterLab with its token, for this machine only, on the tour; its root is the project, so that links to docs/ open.
lab() {
    cd "$PROJECT" || exit 1
    exec "$PYTHON_OF_VENV" -m jupyter lab --ServerApp.ip=127.0.0.1 --ServerApp.root_dir="$PROJECT" \
        --LabApp.default_url=/lab/tree/notebooks/00_tour.ipynb "$@"
}

# check NAME MODULE ARGUMENTS...
check() {
    local name=$1 && shift
    say "== $name"
    "$PYTHON_OF_VENV" -m "$@" || failed+=("$name")
}

run_tests() {
    cd "$PROJECT" || exit 1
    local failed=()
    [ "${1-}" = --quick ] && shift && set -- -m "not slow" "$@"
    check lint ruff check .
    check format ruff format --check .
    check types pyright
    # A process a core; a file stays in one process, with its fixtures.
    check tests pytest --numprocesses auto --dist loadfile "$@"
    [ ${#failed[@]} -eq 0 ] || fail "failed: ${failed[*]}"
}

trap 'exit 130' INT
case ${1-} in
    -h | --help) usage ;;
    test) shift && set_up test && run_tests "$@" ;;
    workbench) shift && set_up base && workbench "$@" ;;
    app | passwords) set_up app && workbench "$@" ;;
    lab) shift && set_up lab && lab "$@" ;;
    generate | train | data | presets | export | judge | evaluate | compare | doctor | arena | report | restore | stylize | enlarge | edit | project) set_up base && workbench "$@" ;;
    *) set_up base && workbench generate "$@" ;;
esac
