{{- $all := slice -}}
{{- range (slice .) | append .Site.RegularPages -}}
{{- $url := cond .IsHome "index.html" (strings.TrimPrefix "/" .RelPermalink) -}}
{{- $all = $all | append (dict "title" (strings.TrimSpace (partial "title.html" .)) "url" $url "text" (.Plain | htmlUnescape)) -}}
{{- end -}}
const pages = {{ $all | jsonify }};
