#!/bin/bash
# Starts one member. The key must belong to the user that runs mongod and be readable by
# nobody else, which a mounted secret can't be.
set -euo pipefail
install -m 0400 /etc/mongo-key/keyfile /run/mongo/keyfile
# The first member creates the user root if its volume is empty. The others must be empty
# to join the set, and get the user with everything else.
if [ "${HOSTNAME##*-}" = 0 ]; then
  export MONGO_INITDB_ROOT_USERNAME=root MONGO_INITDB_ROOT_PASSWORD="$ROOT_PASSWORD"
fi
unset ROOT_PASSWORD
exec docker-entrypoint.sh mongod --config /etc/mongo/mongod.conf --wiredTigerCacheSizeGB "$CACHE_GB"
