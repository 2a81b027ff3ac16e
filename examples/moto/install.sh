#!/usr/bin/env bash
# Installs moto into target/moto, in the versions of requirements.txt. Does nothing when they are installed already.
#
# To update: `pip install 'moto[server,s3,ssm,secretsmanager]'` in an empty venv, then `pip freeze > requirements.txt`.
set -euo pipefail
cd "$(dirname "$0")"

venv=../../target/moto
if cmp --silent requirements.txt "$venv/installed.txt"; then
  exit 0
fi
mkdir -p ../../target
python3 -m venv --clear "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r requirements.txt
cp requirements.txt "$venv/installed.txt"
