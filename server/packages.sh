# Sourced by server/run, tests/run and tests/bench/run: what the build needs of Debian 12, and how to get it.
# shellcheck shell=bash

# What every build needs.
build_packages=(g++ cmake ninja-build libpoco-dev rapidjson-dev libssl-dev libpq-dev zlib1g-dev libsqlite3-dev libre2-dev libarchive-dev libutf8proc-dev libcli11-dev prometheus-cpp-dev)
# What the tests need besides.
test_packages=(python3 strace googletest libgtest-dev libgmock-dev postgresql-15 procps sslscan)

# Installs those of the named packages that are missing; says so and uses the network only when there are any.
install_missing() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Missing packages: ${missing[*]}. Install them as root, or install sudo." >&2; return 1; }
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}" >&2
  "${as_root[@]}" apt-get update -q >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# configure FOLDER OPTION…: runs CMake once; Ninja runs it again when a list of sources changes.
configure() {
  local folder=$1
  shift
  [ -f "$folder/build.ninja" ] || cmake -G Ninja -S "$root" -B "$folder" "$@" >&2
}
