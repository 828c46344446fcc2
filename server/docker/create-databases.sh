#!/bin/sh
# The databases and their roles. Row security does not bind a superuser, and whoever owns the ledger could rewrite it:
# the application has a role that owns nothing, and another one owns the tables and migrates them.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres \
  -v password="$DATABASE_PASSWORD" -v owner_password="$DATABASE_OWNER_PASSWORD" \
  -v inngest_password="$INNGEST_DATABASE_PASSWORD" <<'SQL'
create role fairlead_owner login password :'owner_password';
create role fairlead login password :'password';
create database fairlead owner fairlead_owner;
create role inngest login password :'inngest_password';
create database inngest owner inngest;
-- Whoever waits longer gets 503. A session sets these itself, unless a pooler stands in between.
alter role fairlead set timezone = 'UTC';
alter role fairlead set lock_timeout = '5s';
alter role fairlead set statement_timeout = '30s';
alter role fairlead set idle_in_transaction_session_timeout = '60s';
SQL
