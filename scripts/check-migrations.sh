#!/bin/sh
# Builds a throw-away database from the migrations and compares it with the models.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
DATABASE_URL="sqlite:///$folder/check.sqlite"
export DATABASE_URL
.venv/bin/python -m flask --app app db upgrade
.venv/bin/python -m flask --app app db check
