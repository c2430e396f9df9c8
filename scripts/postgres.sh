#!/usr/bin/env bash
# A private PostgreSQL for tests: its own folder, port and password, gone afterwards.
#
#   scripts/postgres.sh start [STATE]   starts it and prints its URL
#   scripts/postgres.sh stop [STATE]    stops it and removes its data
#
# STATE is the file that remembers which one it was [default: .tools/postgres].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

# PostgreSQL refuses to run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        # From a folder that this user may enter.
        (cd / && runuser -u "$SERVER_USER" -- "$@")
    else
        "$@"
    fi
}

SERVER_USER=postgres
id "$SERVER_USER" >/dev/null 2>&1 || SERVER_USER=nobody

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

make_cluster() {
    local programs=$1 folder=$2 password=$3
    printf '%s\n' "$password" | as_server tee "$folder/password" >/dev/null
    # `password` and not `trust`: whoever else is on this machine reaches loopback too, and a
    # superuser runs programs. Not `scram-sha-256`: a debug build spends long on its hashes.
    as_server "$programs/initdb" --pgdata="$folder/data" --username=waterline \
        --pwfile="$folder/password" --auth=password --encoding=UTF8 --locale=C --no-sync \
        >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; fail "initdb failed"; }
    as_server rm "$folder/password"
    # Durable as in earnest: tests kill servers and count what is lost.
    as_server tee -a "$folder/data/postgresql.conf" >/dev/null <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = on
synchronous_commit = on
max_connections = 200
shared_buffers = 64MB
CONF
}

start() {
    local state=$1 programs folder password port
    [ -e "$state" ] && fail "one is running already (or was left behind): scripts/postgres.sh stop $state"
    programs=$(postgres_programs) || fail "please install postgresql"
    mkdir -p "$(dirname "$state")"
    # Root's own temporary folder is closed to the server's user.
    local temp=${TMPDIR:-/tmp}
    [ "$(id -u)" -eq 0 ] && temp=/tmp
    folder=$(mktemp -d "$temp/waterline-postgres.XXXXXX")
    printf '%s\n' "$folder" >"$state"
    [ "$(id -u)" -eq 0 ] && chown "$SERVER_USER" "$folder"
    password=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
    make_cluster "$programs" "$folder" "$password"
    # Between asking for a free port and taking it, somebody else may: then ask again.
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        if as_server "$programs/pg_ctl" start --silent --wait --timeout=60 --pgdata="$folder/data" \
            --log="$folder/log" --options="-p $port" >/dev/null 2>&1; then
            echo "postgres://waterline:$password@127.0.0.1:$port/postgres"
            return
        fi
    done
    cat "$folder/log" >&2
    stop "$state"
    fail "PostgreSQL did not start"
}

stop() {
    local state=$1 folder
    if [ ! -e "$state" ]; then
        say "no PostgreSQL of ours is running"
        return
    fi
    folder=$(cat "$state")
    case $folder in
        */waterline-postgres.??????) ;;
        *) fail "$state does not name a folder of ours: $folder" ;;
    esac
    # Its data goes in a moment, so there is nothing worth writing down first.
    if [ -e "$folder/data/postmaster.pid" ]; then
        as_server "$(postgres_programs)/pg_ctl" stop --silent --wait --mode=immediate \
            --pgdata="$folder/data" >/dev/null
    fi
    rm -rf "$folder"
    rm -f "$state"
}

case ${1-} in
    start) start "${2:-.tools/postgres}" ;;
    stop) stop "${2:-.tools/postgres}" ;;
    *) fail "usage: scripts/postgres.sh start|stop [STATE]" ;;
esac
