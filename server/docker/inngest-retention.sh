#!/bin/sh
# Once a day: delete the history of runs that ended more than KEEP_DAYS days ago from the job server's database.
set -u
folder=$(dirname "$0")
while :; do
  psql -v ON_ERROR_STOP=1 -v days="${KEEP_DAYS:-7}" -q -f "$folder/inngest-retention.sql" || echo "failed, tried again tomorrow"
  [ "${ONCE:-}" = 1 ] && exit
  sleep 86400
done
