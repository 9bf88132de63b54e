# fish completion for pgsr: pgsr knows its commands and flags itself, and is asked for them.
function __pgsr_complete
	set -l words (commandline -opc)
	set -l current (commandline -ct)
	for line in ($words[1] completion words $words[2..-1] "$current" 2>/dev/null)
		if test "$line" = :files
			set -l begun (string match -r -- '^--[^=]*=' $current)
			__fish_complete_path (string replace -r -- '^--[^=]*=' '' $current) | string replace -r -- '^' "$begun"
		else
			printf '%s\n' $line
		end
	end
end
complete -c pgsr -f -a '(__pgsr_complete)'
