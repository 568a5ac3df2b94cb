# Shared by the scripts in this folder: what must be installed, how servers of our own are started and stopped. Sourced, not run.
# shellcheck shell=bash
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
LARDER_HOME="$(realpath -m "${LARDER_HOME:-$ROOT/.larder}")"
BIN="$ROOT/.build/release"
POSTGRES_BIN=/usr/lib/postgresql/15/bin

# What building and running need, as Debian calls it.
BUILD_PACKAGES=(libhiredis-dev libmimalloc-dev libpq-dev libzmq3-dev libsqlite3-dev zlib1g-dev pkg-config)
RUN_PACKAGES=(redis-server postgresql curl openssl)
# What the tests need besides.
TEST_PACKAGES=(nodejs python3 python3-venv chromium fonts-dejavu-core fonts-noto-core)
# What building the list app for browsers needs.
WEB_PACKAGES=(wasi-libc lld binaryen nodejs esbuild node-typescript node-react node-react-dom terser zopfli)

say() { printf '\033[1m%s\033[0m %s\n' '──' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs what is missing of the packages given.
install_packages() {
  local missing=() package
  for package in "$@"; do
    # Another package may provide it, as distributions of Node do.
    [ "$package" = nodejs ] && command -v node >/dev/null && continue
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "these packages are missing, and there is no apt-get to install them: ${missing[*]}"
  say "installing ${missing[*]}"
  # A server that Debian starts by itself is not ours: ours have ports and folders of their own.
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

need_swift() {
  command -v swift >/dev/null || die "Swift 6.1 or later is needed (https://www.swift.org/install/linux); it is not on the PATH"
}

build() { # PRODUCT...: none means all
  say "building (the first time takes some minutes)"
  (cd "$ROOT" && swift build -c release "$@")
}

# A TCP port on loopback that nobody listens on now.
free_port() { # [PREFERRED]
  local port
  for port in ${1:+"$1"} $(shuf -i 20000-29999 -n 50); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  die "no free port found"
}

# The port remembered under a name, or a free one, remembered from now on.
port() { # NAME [PREFERRED]
  local file="$LARDER_HOME/ports/$1"
  mkdir -p "$LARDER_HOME/ports"
  [ -e "$file" ] || free_port "${2:-}" >"$file"
  cat "$file"
}

# A process by its id and when it began (proc(5)): ids are used again.
identity() { # PID
  local stat
  stat="$(cat "/proc/$1/stat" 2>/dev/null)" || return 1
  # shellcheck disable=SC2086
  set -- "$1" ${stat##*) }
  [ "$2" != Z ] || return 1 # it has ended; whoever started it has not looked yet
  echo "$1 ${21}"
}

running() { # NAME
  local file="$LARDER_HOME/run/$1.pid"
  [ -s "$file" ] && [ "$(cat "$file")" = "$(identity "$(cut -d' ' -f1 "$file")")" ]
}

# Starts a program in the background under a name: its output in logs/NAME.log, its identity in run/NAME.pid.
start() { # NAME COMMAND...
  local name="$1"; shift
  mkdir -p "$LARDER_HOME/run" "$LARDER_HOME/logs"
  running "$name" && return
  setsid "$@" >>"$LARDER_HOME/logs/$name.log" 2>&1 </dev/null &
  identity $! >"$LARDER_HOME/run/$name.pid" || true # what has ended at once is not running
}

stop() { # NAME [SIGNAL]
  local file="$LARDER_HOME/run/$1.pid" pid
  if running "$1"; then
    pid="$(cut -d' ' -f1 "$file")"
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    for _ in $(seq 300); do running "$1" || break; sleep 0.1; done
    running "$1" && kill -KILL "$pid" 2>/dev/null
  fi
  rm -f "$file"
}

# Runs a command until it succeeds; gives up after so many seconds.
await() { # SECONDS WHAT COMMAND...
  local seconds="$1" what="$2" deadline; shift 2
  deadline=$(($(date +%s) + seconds))
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$deadline" ] || die "$what is not ready after $seconds s; see $LARDER_HOME/logs"
    sleep 0.1
  done
}

# Postgres refuses to run as root: as root it runs as its own user, in a folder which that user can reach.
AS_POSTGRES=(env)
[ "$(id -u)" = 0 ] && AS_POSTGRES=(setpriv --reuid=postgres --regid=postgres --init-groups)

postgres_folder() {
  if [ "$(id -u)" = 0 ]; then echo "/var/lib/larder/$(printf %s "$LARDER_HOME" | cksum | cut -d' ' -f1)"; else echo "$LARDER_HOME/postgres"; fi
}

start_redis() {
  mkdir -p "$LARDER_HOME/redis"
  start redis redis-server --bind 127.0.0.1 --port "$(port redis)" --dir "$LARDER_HOME/redis" \
    --appendonly yes --auto-aof-rewrite-min-size 256mb --save '' --daemonize no
  await 20 Redis redis_answers
}

redis_answers() { running redis && redis-cli -p "$(port redis)" ping; }

start_postgres() {
  local folder
  folder="$(postgres_folder)"
  if [ ! -e "$folder/PG_VERSION" ]; then
    # Whole or not at all.
    rm -rf "$folder" "$folder.new"
    mkdir -p "$folder.new"
    [ "$(id -u)" = 0 ] && chown postgres:postgres "$folder.new"
    (cd / && "${AS_POSTGRES[@]}" "$POSTGRES_BIN/initdb" -D "$folder.new" -U larder --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null)
    mv "$folder.new" "$folder"
  fi
  mkdir -p "$LARDER_HOME/logs" "$LARDER_HOME/run"
  if ! running postgres; then
    (cd / && start postgres "${AS_POSTGRES[@]}" "$POSTGRES_BIN/postgres" -D "$folder" -c listen_addresses=127.0.0.1 \
      -c port="$(port postgres)" -c unix_socket_directories='' -c max_connections=200 -c shared_buffers=128MB)
  fi
  await 30 Postgres postgres_answers
  psql "$(postgres_url postgres)" -qtAc "select 1 from pg_database where datname = 'larder'" | grep -q 1 ||
    psql "$(postgres_url postgres)" -qc 'create database larder'
}

postgres_answers() { running postgres && psql "$(postgres_url postgres)" -c 'select 1'; }

postgres_url() { echo "postgresql://larder@127.0.0.1:$(port postgres)/$1"; }
