#!/usr/bin/env bash
# hardening row: std::regex recurses on its input, so its executor must not be linked into the program.
# usage: no_std_regex.sh PROGRAM
set -euo pipefail
symbols=$(nm -C "$1")
grep -q ' main$' <<<"$symbols" || { echo "no symbols to read in $1"; exit 1; }
if grep 'std::__detail::_Executor' <<<"$symbols"; then exit 1; fi
