#!/bin/sh
# Installs the Debian packages that are missing, for "build" and for "check".
# Says what it does; asks sudo only when something is missing.
set -eu

build="gcc make pkg-config libc6-dev libncurses-dev libssh-dev libsqlite3-dev
libsodium-dev libpq-dev libcurl4-openssl-dev
libmicrohttpd-dev libqrencode-dev libxml2-dev libseccomp-dev libinih-dev libjansson-dev libpango1.0-dev
gettext ncurses-base ncurses-term fonts-dejavu-core fonts-noto-core
fonts-noto-cjk tzdata openssh-client passwd"
check="libcmocka-dev clang clang-format libclang-rt-14-dev mandoc binutils
postgresql-15 openssl openssh-server putty-tools dropbear-bin ssh-audit poppler-utils sqlite3
python3 python3-pytest python3-pytest-xdist python3-pyte python3-pexpect
python3-paramiko python3-psycopg2 python3-aiosmtpd python3-pil strace procps iproute2 util-linux tmux locales
nodejs npm zbar-tools chromium"

wanted=
for set in "$@"; do
	case $set in
	build) wanted="$wanted $build" ;;
	check) wanted="$wanted $check" ;;
	*) echo "deps: no such set: $set" >&2; exit 2 ;;
	esac
done

installed() {
	# where these come from elsewhere, Debian's would be in their way
	case $1 in
	nodejs) ! command -v node >/dev/null 2>&1 || return 0 ;;
	npm) ! command -v npm >/dev/null 2>&1 || return 0 ;;
	esac
	dpkg-query -W -f '${Status}' "$1" 2>/dev/null |
		grep -q '^install ok installed'
}
missing=
for p in $wanted; do
	installed "$p" || missing="$missing $p"
done
[ -n "$missing" ] || { echo "deps: everything is there"; exit 0; }

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 || {
		echo "deps: missing packages, and neither root nor sudo to install them:" >&2
		echo "  apt-get install$missing" >&2
		exit 1
	}
	sudo=sudo
fi
echo "deps: installing$(printf ' %s' $missing)"
$sudo apt-get update
install() {
	$sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends "$@"
}
# Debian makes and starts a server of its own with PostgreSQL, unless told not
# to: tests start theirs.  Where it is installed already it is somebody's.
case $missing in
*postgresql*)
	if ! installed postgresql-common; then
		install postgresql-common
		$sudo sed -i 's/^#* *create_main_cluster *=.*/create_main_cluster = false/' \
			/etc/postgresql-common/createcluster.conf
	fi
	;;
esac
# shellcheck disable=SC2086
install $missing
