# Prepares this folder for ./run and ./test: system libraries, .venv and the locked dependencies.
#
# Sourced, not run. `prepare runtime` installs what the product needs, `prepare dev` the tools and
# test servers as well. Everything is said on stderr, since stdout belongs to the verbs' JSON.
# A second run finds its stamp and costs a few hundredths of a second.

captely_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
captely_venv="$captely_root/.venv"
captely_stamp="$captely_venv/captely-setup"

say() { printf 'Captely: %s\n' "$*" >&2; }

stop() {
    say "$*"
    exit 1
}

# Prints the package names of a list file, without comments.
packages_in() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }

# Prints those of the named packages that are not installed. From Debian 13 on, some libraries
# carry the suffix t64 and only *provide* the old name, which dpkg-query does not know about.
missing_packages() {
    local installed name
    installed=" $(dpkg-query -W -f='${db:Status-Abbrev}=${Package} ' -- "$@" "${@/%/t64}" 2>/dev/null || true)"
    for name in "$@"; do
        case "$installed" in
        *"ii =$name "* | *"ii =${name}t64 "*) ;;
        *) printf '%s\n' "$name" ;;
        esac
    done
}

# Runs a command as root: directly, or through sudo. Without a terminal sudo may not ask.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif (: </dev/tty) 2>/dev/null; then
        sudo -- "$@"
    else
        sudo -n -- "$@"
    fi
}

# Somebody without root can set CAPTELY_SKIP_SYSTEM_PACKAGES: the command line needs none of them.
may_install() {
    [ -z "${CAPTELY_SKIP_SYSTEM_PACKAGES:-}" ] || return 1
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

install_packages() {
    local log status=0
    log="$(mktemp)"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    say "installing $# system packages as root (once): $*"
    # A server that a package starts must not inherit the lock of descriptor 9, or it keeps it.
    {
        as_root "${apt[@]}" update &&
            as_root "${apt[@]}" install -y --no-install-recommends -- "$@"
    } >"$log" 2>&1 </dev/null 9<&- || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        stop "these packages could not be installed. Please run: apt-get install $*" \
            "-- or set CAPTELY_SKIP_SYSTEM_PACKAGES=1 to do without the window."
    fi
    rm -f "$log"
}

# The list files of a level.
lists_of() {
    printf '%s\n' "$captely_root/packaging/debian-runtime.txt"
    [ "$1" = runtime ] || printf '%s\n' "$captely_root/packaging/debian-test.txt"
}

is_debian() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

# Makes sure the packages of a level are there, as far as this machine allows.
prepare_system() {
    local -a lists wanted missing
    [ "$(uname -s)" = Linux ] || return 0
    mapfile -t lists < <(lists_of "$1")
    mapfile -t wanted < <(packages_in "${lists[@]}")
    if ! is_debian; then
        say "this is not Debian; the libraries of these Debian packages are needed: ${wanted[*]}"
        return 0
    fi
    if ! "$captely_python" -c 'import ensurepip, venv' 2>/dev/null; then
        wanted+=(python3-venv)
    fi
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    if [ "${#missing[@]}" -eq 0 ]; then
        return 0
    fi
    if may_install; then
        install_packages "${missing[@]}"
    else
        say "going on without system packages that the window may need." \
            "An administrator can add them: apt-get install ${missing[*]}"
    fi
}

# Sets captely_python to the first Python of at least 3.11.
find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            captely_python="$(command -v "$name")"
            return 0
        fi
    done
    stop "Python 3.11 or newer is needed and was not found. On Debian: apt-get install python3"
}

digest() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$@" | cut -c1-64 | tr '\n' ' '
    else
        shasum -a 256 "$@" | cut -c1-64 | tr '\n' ' '
    fi
}

# The line that says what is installed: the level, then the digests of everything that decided it.
# A dev installation holds the runtime one, so ./run is content with either.
stamp_for() {
    local level=$1
    printf '%s %s\n' "$level" "$(digest "$captely_root"/requirements.lock \
        "$captely_root"/requirements-dev.lock "$captely_root"/packaging/debian-*.txt)"
}

is_prepared() {
    local level=$1 found
    [ -x "$captely_venv/bin/python" ] && [ -r "$captely_stamp" ] || return 1
    found="$(cat "$captely_stamp")"
    case "$found" in
    "$(stamp_for dev)") ;;
    "$(stamp_for runtime)") [ "$level" = runtime ] || return 1 ;;
    *) return 1 ;;
    esac
    has_packages "$level"
}

# The folder may have come to another machine with its .venv, so the stamp alone proves nothing
# about the system. Where they cannot be installed anyway, missing packages are no reason to try.
has_packages() {
    local -a lists wanted
    if ! is_debian || ! may_install; then
        return 0
    fi
    mapfile -t lists < <(lists_of "$1")
    mapfile -t wanted < <(packages_in "${lists[@]}")
    [ -z "$(missing_packages "${wanted[@]}")" ]
}

# Makes .venv, anew if its Python has gone (a folder that was moved or a Python that was upgraded).
make_venv() {
    if "$captely_venv/bin/python" -m pip --version >/dev/null 2>&1; then
        return 0
    fi
    say "making a virtual environment in .venv"
    "$captely_python" -m venv --clear "$captely_venv" >&2 ||
        stop "the virtual environment could not be made. On Debian: apt-get install python3-venv"
}

install_dependencies() {
    local level=$1 lock=requirements.lock
    [ "$level" = dev ] && lock=requirements-dev.lock
    say "installing the dependencies of $lock into .venv (about a minute the first time)"
    "$captely_venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --require-hashes -r "$captely_root/$lock" >&2 </dev/null ||
        stop "the dependencies could not be installed; pip says why above." \
            "Check the network and start again: nothing is lost."
}

# prepare runtime|dev
prepare() {
    local level=$1
    if is_prepared "$level"; then
        return 0
    fi
    # Two first runs at once would write into the same .venv; the second waits and finds the stamp.
    if command -v flock >/dev/null; then
        exec 9<"$captely_root/packaging/setup.sh"
        flock 9
        if is_prepared "$level"; then
            exec 9<&-
            return 0
        fi
    fi
    # ./run must not take the tools away that ./test has installed.
    if [ -r "$captely_stamp" ] && grep -q '^dev ' "$captely_stamp"; then
        level=dev
    fi
    find_python
    prepare_system "$level"
    rm -f "$captely_stamp"
    make_venv
    install_dependencies "$level"
    stamp_for "$level" >"$captely_stamp"
    if command -v flock >/dev/null; then
        exec 9<&-
    fi
}
