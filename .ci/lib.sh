# What the scripts here share. Sourced, never run.

# cache is where servers are kept. Root's is readable for others, because a server refuses to run as root.
if ((EUID == 0)); then
	cache=/var/cache/pgsr
else
	cache=${XDG_CACHE_HOME:-${HOME:?is not set}/.cache}/pgsr
fi

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# fail LINE... says why and ends.
fail() {
	local line
	for line in "$@"; do say "$line"; done
	exit 1
}

# lock DIR waits until no other run has DIR's lock, and holds it until unlock, or until this shell ends.
lock() {
	mkdir -p "$1" 2>/dev/null && [[ -w $1 ]] || fail "cannot write to $1." "Set XDG_CACHE_HOME or HOME to a directory that you may write to."
	exec 9>"$1/lock"
	flock 9
}

# unlock gives the lock back; a command that this shell starts would keep it otherwise.
unlock() { exec 9>&-; }

need_apt() {
	type -P apt-get >/dev/null || fail "there is no apt-get here." "${remedy:-}"
}

# apt_install PACKAGE... installs, as root, without a question.
apt_install() {
	[[ -n $(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit) ]] || apt_update
	quietly install_now "$@" || {
		# The lists may be older than what the mirror has.
		apt_update
		quietly install_now "$@"
	}
}

# apt_update goes on when a source fails: it may be one of others, that we need not.
apt_update() { quietly apt-get update || say "apt-get update had complaints; going on"; }

install_now() { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

# quietly COMMAND... shows what the command says only if it fails.
quietly() {
	local out
	out=$("$@" </dev/null 2>&1) || {
		printf '%s\n' "$out" >&2
		return 1
	}
}

# Clusters that are thrown away are made in memory, where there is enough of it.
if [[ -z ${PGSR_SCRATCH_DIR:-} && -d /dev/shm && -w /dev/shm ]] && (($(df --output=avail /dev/shm | tail -n 1) > 4000000)); then
	export PGSR_SCRATCH_DIR=/dev/shm
fi
