#compdef pgsr
# zsh completion for pgsr: pgsr knows its commands and flags itself, and is asked for them.
_pgsr() {
	local line
	local -a candidates descriptions
	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			compset -P '--*='
			_files
			return
		fi
		candidates+=("${line%%$'\t'*}")
		descriptions+=("${line/$'\t'/  -- }")
	done < <("$words[1]" completion words "${(@Q)words[2,CURRENT]}" 2>/dev/null)
	((${#candidates})) && compadd -l -d descriptions -a candidates
}
if [[ $funcstack[1] == _pgsr ]]; then _pgsr "$@"; else compdef _pgsr pgsr; fi
