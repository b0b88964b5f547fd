#!/usr/bin/env bash
# Sets everything up once (.venv in this folder), then does what is asked. See `bash run.sh --help`.
[ -n "${BASH_VERSION-}" ] || exec bash "$0" "$@"
set -uo pipefail

SETUP=3 # raise it when the set-up below changes, so that every copy sets up anew
TORCH_RANGE='torch>=2.11,<2.14'
CPU_INDEX=https://download.pytorch.org/whl/cpu
PROJECT=$(cd -P -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" >/dev/null && pwd) || exit 1
TESTED=$PROJECT/constraints.txt # the versions that the tests ran with, a line each
USUAL_DOWNLOAD=2750 # MB, what the usual build of torch 2.13 for Linux brings with it
USUAL_ON_DISK=5300 # MB, of all packages once they are unpacked
VENV=$PROJECT/.venv
PYTHON_OF_VENV=$VENV/bin/python
LOG=$VENV/setup.log

usage() {
    cat <<'END'
bash run.sh [FILE] [--out DIR] [--seed N] ...   draw faces for FILE (default: examples/testing_text.txt)
bash run.sh app [--checkpoint PATH] [--port N]   the app: explore and grade pictures in a browser
bash run.sh lab [JUPYTER ARGUMENTS]             JupyterLab in notebooks/
bash run.sh test [PYTEST ARGUMENTS]             lint, type check and test, a process a core
bash run.sh test --coverage                     the same, and the share of lines that the tests reach
bash run.sh test --quick                        the same without browsers, servers, notebooks, arenas, kills, reports and trainings of every preset
bash run.sh workbench COMMAND ...               any command: generate, train, data, presets ... (--help lists them)
bash run.sh train|data|presets|export|judge|evaluate|compare|doctor|arena|report|restore|stylize|enlarge|edit|project|page|passwords ...   the same, shorter

The first call sets up .venv in this project's folder, with the CPU build of torch or, where none can be had, the
usual one with its gigabytes of GPU libraries. TORCH=cuda takes that one at once, TORCH=cpu never; PYTHON=... chooses
a Python from 3.11 to 3.13.
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
    [ ! -r "$TESTED" ] || printf '%s\n' "$(<"$TESTED")"
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

# The line of torch among the tested versions; without one, the range.
tested_torch() {
    local line
    while read -r line; do
        [[ $line != torch==* ]] || { printf %s "$line" && return; }
    done < <(cat -- "$TESTED" 2>/dev/null)
    printf %s "$TORCH_RANGE"
}

# cpu_torch WHICH: from PyTorch's own index, else from where pip looks on this machine, never with GPU libraries.
cpu_torch() {
    local briefly=(--retries 1 --timeout 10)
    # Only torch itself is asked of that index, so that a silent one costs little. A "+cpu" version outranks the
    # plain one of the same number; local wheels that pip knows serve in either call.
    install "${briefly[@]}" --no-deps --index-url "$CPU_INDEX" "$1" && return
    install "${briefly[@]}" --constraint "$VENV/cuda-free.txt" "$1"
}

# pip before 23.1 (Debian 12 has 23.0) searches for many minutes among packages whose versions are settled.
newer_pip() {
    [[ $("$PYTHON_OF_VENV" -m pip --version 2>/dev/null) =~ ^pip\ ([0-9]+)\.([0-9]+) ]] || return 0
    ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] >= 2301)) || install --upgrade "pip>=23.1" || return 0
}

# install_torch BUILD: the CPU build, unless another is asked for or none can be had.
install_torch() {
    local where
    if [ "$1" = cpu ]; then
        say "setting up, once: torch, the CPU build (about 200 MB)"
        cpu_torch "$(tested_torch)" && return
        [ -r "$TESTED" ] && cpu_torch "$TORCH_RANGE" && return
        where="neither from $CPU_INDEX nor from where pip looks on this machine"
        if [ "${TORCH-}" = cpu ]; then
            show_log
            fail "no CPU build of torch for $("$PYTHON_OF_VENV" -V) could be had, $where. Check the connection and call" \
                "again; or call without TORCH=cpu, and the usual build is taken, with GPU libraries of some gigabytes"
        fi
        say "no CPU build of torch could be had, $where; so the usual build it is"
    fi
    usual_torch
}

# free_mb FOLDER: the free space of its disk; nothing where it cannot be told.
free_mb() {
    df -Pk -- "$1" 2>/dev/null | {
        read -r _ && read -r _ _ _ free _ && printf %s $((free / 1024))
    }
}

# The build that pip gets from PyPI, which on Linux needs NVIDIA's libraries, with a card or without.
usual_torch() {
    local free needed=$((USUAL_DOWNLOAD + USUAL_ON_DISK)) kept=()
    free=$(free_mb "$VENV")
    say "setting up, once: torch, the usual build: about $USUAL_DOWNLOAD MB to download, $USUAL_ON_DISK MB on disk" \
        "(${free:-an unknown number of} MB are free)"
    if [ -n "$free" ] && ! compgen -G "$VENV/lib/python3*/site-packages/torch/version.py" >/dev/null; then
        [ "$free" -ge $needed ] || fail "the disk of $VENV has $free MB free; setting up the usual build of torch takes" \
            "$needed MB, $USUAL_ON_DISK MB of them for good. Make room, and call again"
        # pip would keep a second copy of what it downloads.
        [ "$free" -ge $((needed + USUAL_DOWNLOAD)) ] || kept=(--no-cache-dir)
    fi
    printf cuda >"$VENV/torch-build"
    # Not in /tmp, which is often small and in memory.
    mkdir -p -- "$VENV/tmp" || fail "cannot write to $VENV"
    if ! TMPDIR=$VENV/tmp install ${kept[@]+"${kept[@]}"} "$(tested_torch)" &&
        ! TMPDIR=$VENV/tmp install ${kept[@]+"${kept[@]}"} "$TORCH_RANGE"; then
        show_log
        fail "torch could not be installed; check the connection, and call again to go on where this stopped"
    fi
    rm -rf -- "$VENV/tmp"
}

# install_rest WHAT: this project and what it needs, in the tested versions where these can be had.
install_rest() {
    local bounds=()
    [ "$(<"$VENV/torch-build")" = cuda ] || bounds=(--constraint "$VENV/cuda-free.txt")
    say "setting up, once: the other packages"
    if [ -r "$TESTED" ]; then
        install ${bounds[@]+"${bounds[@]}"} --constraint "$TESTED" --editable "$1" && return
        say "not every version of constraints.txt can be had here; what pyproject.toml admits is taken instead"
    fi
    install ${bounds[@]+"${bounds[@]}"} --editable "$1" && return
    show_log
    fail "the packages could not be installed; call again to go on where this stopped"
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
    newer_pip
    install_torch "$build"
    install_rest "$what"
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
    local parts=()
    while :; do
        case ${1-} in
            --quick) parts+=(-m "not slow") ;;
            --coverage)
                parts+=(--cov workbench --cov workbench_app --cov-report "term:skip-covered")
                # From Python 3.12 on, coverage can listen to the interpreter instead of tracing every line.
                [[ $("$PYTHON_OF_VENV" -V) =~ \ 3\.(8|9|10|11)\. ]] || export COVERAGE_CORE=sysmon
                ;;
            *) break ;;
        esac
        shift
    done
    set -- ${parts[@]+"${parts[@]}"} "$@"
    check lint ruff check .
    check format ruff format --check .
    check types pyright
    # A process a core; a file stays in one process, with its fixtures.
    check tests pytest --numprocesses auto --dist loadfile --no-loadscope-reorder "$@"
    [ ${#failed[@]} -eq 0 ] || fail "failed: ${failed[*]}"
}

trap 'exit 130' INT
case ${1-} in
    -h | --help) usage ;;
    test) shift && set_up test && run_tests "$@" ;;
    workbench) shift && set_up base && workbench "$@" ;;
    app | passwords) set_up app && workbench "$@" ;;
    compose) set_up music && workbench "$@" ;;
    lab) shift && set_up lab && lab "$@" ;;
    generate | train | data | presets | export | judge | evaluate | compare | doctor | arena | report | pack | restore | stylize | enlarge | edit | project | page) set_up base && workbench "$@" ;;
    *) set_up base && workbench generate "$@" ;;
esac
