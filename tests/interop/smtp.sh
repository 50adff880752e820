#!/usr/bin/env bash
# Mail between our SMTP and that of others, both ways, over loopback; every mail compared octet for octet.
# Our client is the example `send`, our server the example `receive`; the others are Postfix and Dovecot,
# and swaks, msmtp, curl and Python's smtplib.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${RIG:-}" ]; then
    echo "NOT RUN: smtp: ${NO_RIG:-called without the rig, call tests/interop/run.sh smtp}"
    exit 77
fi
# As the tests are built, so that nothing is built twice where these have run.
cargo build --quiet --profile test --workspace --all-features --example send --example receive
export EXAMPLES=${CARGO_TARGET_DIR:-target}/debug/examples

conf=$RIG/postfix/conf
DIGEST=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
export DIGEST
# What Postfix relays goes over TLS, but for one domain, and with where it came from (XFORWARD);
# postmaster lives behind the relay, which takes internationalized mail, as Dovecot's LMTP does not.
postconf -c "$conf" -e smtp_tls_security_level=encrypt smtp_send_xforward_command=yes \
    "transport_maps=inline:{clear.example=clear:[127.0.0.1]:$RELAY,postmaster@test.example=smtp:[127.0.0.1]:$RELAY}"
cat >>"$conf/master.cf" <<X
clear unix - - n - - smtp
  -o smtp_tls_security_level=none
127.0.0.1:$DIGEST inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sasl_mechanism_filter=digest-md5
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
X
trap 'postfix -c "$conf" stop >/dev/null 2>&1 || true' EXIT
trap 'exit 1' INT TERM HUP
postfix -c "$conf" start >/dev/null 2>&1
python3 -B tests/interop/smtp.py
