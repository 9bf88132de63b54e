# bash completion for pgsr: pgsr knows its commands and flags itself, and is asked for them.
_pgsr() {
	local line=${COMP_LINE:0:COMP_POINT} words=() current="" begun candidate description
	read -ra words <<<"$line"
	[[ $line == *[[:blank:]] ]] || { current=${words[-1]} && unset 'words[-1]'; }
	# What readline takes for a word of its own begins behind the last of these.
	begun=${current%"${current##*[=:@]}"}
	COMPREPLY=()
	while IFS=$'\t' read -r candidate description; do
		if [[ $candidate == :files ]]; then
			compopt -o filenames
			while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "${current#--*=}")
		else
			printf -v candidate %q "$candidate"
			COMPREPLY+=("${candidate#"$begun"}")
		fi
	done < <("${words[0]}" completion words "${words[@]:1}" "$current" 2>/dev/null)
}
complete -F _pgsr pgsr
