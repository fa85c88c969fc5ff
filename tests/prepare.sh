#   prepare.sh - shared parts of demo.sh and test.sh: packages and builds
#
#   To be sourced, in the root of the source tree. It announces each action, and
#   does not repeat finished ones.
#
#   SPDX-License-Identifier: MPL-2.0

build_packages="autoconf automake check gcc libc6-dev libczmq-dev libmsgpack-dev
    libtool libzmq3-dev make pkg-config uthash-dev"
jobs=$(getconf _NPROCESSORS_ONLN)

say ()
{
    printf '\n== %s\n' "$*"
}

#   logged LOG COMMAND... : runs it, and shows the end of its log if it fails
logged ()
{
    log=$1
    shift
    "$@" </dev/null >"$log" 2>&1 && return
    tail -n 40 "$log"
    echo "failed: $* (all of it: $log)"
    return 1
}

installed ()
{
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
        grep -qx installed
}

#   install PACKAGE... : installs missing packages with apt
install ()
{
    if ! command -v apt-get >/dev/null; then
        say "no apt-get here: README.md names what must be installed"
        return
    fi
    missing=
    for package in "$@"; do
        installed "$package" || missing="$missing $package"
    done
    if test -z "$missing"; then
        say "packages: all there"
        return
    fi
    say "packages: installing$missing"
    as_root=
    if test "$(id -u)" -ne 0; then
        as_root="sudo"
        test -t 0 || as_root="sudo -n"
        if ! command -v sudo >/dev/null || ! $as_root true; then
            echo "cannot install without root; as root, say:"
            echo "    apt-get update && apt-get install$missing"
            return 1
        fi
    fi
    $as_root apt-get update -q &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-install-recommends $missing
}

#   build FOLDER CONFIGURE-ARGUMENTS... : builds in FOLDER. A configured folder
#   is used as it is; remove it to begin anew
build ()
{
    folder=$1
    shift
    mkdir -p "$folder" || return
    if test ! -e Makefile.in || test ! -e build-aux/missing ||
        test configure.ac -nt configure; then
        say "autoreconf -i"
        logged "$folder/autoreconf.log" autoreconf -i || return
    fi
    if test ! -e "$folder/config.status"; then
        say "configuring $folder/${*:+: $*}"
        source=$PWD
        (cd "$folder" &&
            logged "$source/$folder/configure.log" ../configure -q "$@") || return
    fi
    say "building $folder/"
    logged "$folder/make.log" make -C "$folder" -j "$jobs"
}
