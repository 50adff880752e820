#!/usr/bin/env bash
# Runs every check of this folder against real programs: README.md beside this file says which.
#   tests/interop/run.sh [NAME...]   all checks, or those of these names
# Exit 1 when one fails, 77 when none fails and some cannot run; why stands behind NOT RUN.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
rig=

# The folder `shared` beside the checkout, or above it.
export SHARED=../shared
above=$PWD
while [ "$above" != / ]; do
    above=$(dirname "$above")
    if [ -d "$above/shared" ]; then
        SHARED=$above/shared
        break
    fi
done

# Free ports, all open at once while they are chosen, so that no two are the same.
free_ports() {
    python3 - "$@" <<'PY'
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in sys.argv[1:]]
for name, one in zip(sys.argv[1:], sockets):
    print(f"export {name}={one.getsockname()[1]}")
PY
}

stop() {
    local pid
    [ -n "$rig" ] || return 0
    if pid=$(cat "$rig/dovecot/run/master.pid" 2>/dev/null); then
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    fi
    rm -rf "$rig"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

# Why there is no Dovecot, or nothing.
missing() {
    if [ ! -f "$SHARED/interop/setup.sh" ]; then
        echo '../shared/interop is not here'
    elif [ "$(id -u)" -ne 0 ]; then
        echo 'Dovecot needs root to be set up'
    elif ! command -v dovecot >/dev/null || ! command -v postfix >/dev/null; then
        echo 'Dovecot and Postfix are not installed: ../shared/interop/install.sh'
    fi
}

# In CI the programs are installed where one is missing.
have_all() {
    local program
    for program in dovecot postfix swaks msmtp curl fetchmail; do
        command -v "$program" >/dev/null || return 1
    done
}
if [ "${CI:-}" = true ] && [ "$(id -u)" -eq 0 ] && [ -f "$SHARED/interop/install.sh" ] && ! have_all
then
    bash "$SHARED/interop/install.sh" >/dev/null 2>&1 || echo 'the programs cannot be installed'
fi

export NO_RIG RIG=
NO_RIG=$(missing)
if [ -z "$NO_RIG" ]; then
    rig=$(mktemp -d /tmp/interop.XXXXXX)
    chmod 755 "$rig"
    ports=$(free_ports IMAP IMAPS POP3 POP3S LMTP SMTP SUBM SUBMS AUTHP SMTP_NO SMTP_NORM SMTP_REJ SMTP_SYNC RELAY)
    eval "$ports"
    # Where Postfix relays to, if somebody listens there.
    export RELAY_TO=127.0.0.1:$RELAY
    # Before the script makes one: rustls takes no certificate of an authority for that of a server.
    mkdir -p "$rig/tls"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -keyout "$rig/tls/key.pem" -out "$rig/tls/cert.pem" -subj /CN=localhost \
        -addext 'basicConstraints=critical,CA:FALSE' \
        -addext 'subjectAltName=DNS:localhost,DNS:mx.test.example,IP:127.0.0.1' 2>/dev/null
    bash "$SHARED/interop/setup.sh" "$rig" >/dev/null
    dovecot -c "$rig/dovecot/dovecot.conf"
    RIG=$rig
fi

if [ $# -gt 0 ]; then
    checks=("${@/%/.sh}")
    checks=("${checks[@]/#/$here/}")
else
    checks=("$here"/*.sh)
fi
outcome=0
for check in "${checks[@]}"; do
    [ "$check" -ef "$here/run.sh" ] && continue
    name=$(basename "$check" .sh)
    began=$SECONDS
    # Each check finds Dovecot without mail, whatever ran before it.
    [ -z "$rig" ] || rm -rf "$rig"/dovecot/mail/*
    code=0
    "$check" || code=$?
    case $code in
    0) echo "$name: ok ($((SECONDS - began)) s)" ;;
    77) [ "$outcome" -eq 1 ] || outcome=77 ;;
    *)
        echo "$name: failed"
        outcome=1
        ;;
    esac
done
exit "$outcome"
