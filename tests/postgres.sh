#!/usr/bin/env bash
# A PostgreSQL server for one run of tests: tests/postgres.sh COMMAND... runs the command with its address in
# TEST_POSTGRES and takes the server away afterwards. It lives in memory where there is room, because
# nothing in it is kept; its settings are those that the product asks for.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ]; then bin=$(dirname "$(command -v initdb)"); fi
room=/tmp
if [ -d /dev/shm ] && [ -w /dev/shm ] && [ "$(df --output=avail -k /dev/shm | tail -n 1)" -gt 2000000 ]; then room=/dev/shm; fi
home=$(mktemp -d "$room/difference-postgres.XXXXXX")

# The server refuses to run as root.
as() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
if [ "$(id -u)" -eq 0 ]; then chown postgres "$home"; fi
cleared() {
  as "$bin/pg_ctl" --pgdata "$home/data" --mode fast --silent stop >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap cleared EXIT

cd "$home"
as "$bin/initdb" --pgdata "$home/data" --username postgres --auth trust --encoding UTF8 --locale C.UTF-8 >"$home/made" 2>&1 ||
  { cat "$home/made" >&2; exit 1; }
# A free port: one that was asked for and given back.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as "$bin/pg_ctl" --pgdata "$home/data" --wait --silent --log "$home/log" \
  --options "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$home -c max_connections=300 -c dynamic_shared_memory_type=mmap" start ||
  { cat "$home/log" >&2; exit 1; }
cd - >/dev/null
export TEST_POSTGRES="postgres://postgres@127.0.0.1:$port"
# How a story starts it again as a power cut would; run by whoever runs the stories.
restart="'$bin/pg_ctl' --pgdata '$home/data' --mode immediate --wait --silent --log '$home/log' restart"
if [ "$(id -u)" -eq 0 ]; then restart="runuser -u postgres -- $restart"; fi
export TEST_POSTGRES_RESTART="cd '$home' && $restart"
"$@"
