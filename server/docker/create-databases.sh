#!/bin/sh
# Ordinary roles for the application and for the job server: row security does not bind a superuser.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$FAIRLEAD_PASSWORD" --username postgres <<'SQL'
create role fairlead login password :'password';
create database fairlead owner fairlead;
create role inngest login password :'password';
create database inngest owner inngest;
SQL
