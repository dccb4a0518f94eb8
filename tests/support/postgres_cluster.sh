#!/usr/bin/env bash
# A throw-away PostgreSQL cluster in a folder, for tests: a unix socket in that folder and no network, every local user is let in.
#   postgres_cluster.sh start FOLDER [WATCHED]       makes it when it is not there; WATCHED is a process (or "parent"): when it has ended,
#                                                    the cluster goes, folder and all
#   postgres_cluster.sh stop FOLDER MODE             smart, fast, immediate
#   postgres_cluster.sh remove FOLDER
#   postgres_cluster.sh signal FOLDER NAME           to the postmaster and all its children
# PostgreSQL refuses to run as root: then it runs as the user postgres that Debian's package makes. 77: it is not installed.
set -euo pipefail
bin=${CARELOOM_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
[ -x "$bin/initdb" ] || { echo "PostgreSQL 15 is not installed in $bin" >&2; exit 77; }
action=$1 folder=$2 self=$(readlink -f "$0")
as=()
[ "$(id -u)" -ne 0 ] || as=(runuser -u postgres --)

# Not from the caller's folder, which that user may not be let into; nothing of it holds the caller's descriptors.
cd /
case $action in
  start)
    "$bin/pg_isready" --quiet --host="$folder" && exit 0
    watched=${3:-}
    [ "$watched" != parent ] || watched=$PPID
    if [ ! -f "$folder/data/PG_VERSION" ]; then
      mkdir -p "$folder"
      chmod 755 "$folder"
      [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
      "${as[@]}" "$bin/initdb" --no-sync --auth=trust --username=careloom --encoding=UTF8 --locale=C --pgdata="$folder/data" >/dev/null
      "${as[@]}" tee -a "$folder/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = ${CARELOOM_POSTGRES_CONNECTIONS:-200}
shared_buffers = 64MB
log_min_messages = warning
log_min_error_statement = panic
${CARELOOM_POSTGRES_CONF:-}
CONF
      if [ -n "$watched" ]; then
        setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; "$0" remove "$2"' "$self" "$watched" "$folder" </dev/null >/dev/null 2>&1 &
      fi
    fi
    "${as[@]}" "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --wait --timeout=60 start </dev/null >/dev/null 2>&1 || { tail -5 "$folder/log" >&2; exit 1; }
    ;;
  stop) "${as[@]}" "$bin/pg_ctl" --pgdata="$folder/data" --mode="$3" --wait --timeout=60 stop </dev/null >/dev/null 2>&1 ;;
  remove)
    # Stopped processes do not see that they should end.
    if [ -f "$folder/data/postmaster.pid" ]; then
      "$self" signal "$folder" CONT || true
      "${as[@]}" "$bin/pg_ctl" --pgdata="$folder/data" --mode=immediate --wait stop </dev/null >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
    ;;
  signal)
    postmaster=$(head -1 "$folder/data/postmaster.pid")
    for process in $postmaster $(ps -o pid= --ppid "$postmaster" || true); do kill -s "$3" "$process" 2>/dev/null || true; done
    # Until somebody reaps the dead postmaster, PostgreSQL takes it for a living one.
    [ "$3" != KILL ] || rm -f "$folder/data/postmaster.pid" "$folder/.s.PGSQL.5432.lock"
    ;;
  *) echo "unknown action $action" >&2; exit 2 ;;
esac
