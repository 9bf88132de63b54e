// Package specfile reads specs from YAML: see [Parse].
//
// It promises that every problem of the files is reported at once, with its place and its line, and that no message
// shows a password, wherever in a file that may be.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package specfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/spec"
)

// File is a file of a spec. The name is for messages.
type File struct {
	Name string
	Data []byte
}

// Secrets says where the passwords are that a spec refers to. The planner reads no environment and no files, so these
// are given to it: os.LookupEnv and os.ReadFile, say. A nil function makes every use of it in a spec an error.
type Secrets struct {
	LookupEnv func(name string) (string, bool)
	ReadFile  func(path string) ([]byte, error)
	// RunCommand gives what a program prints, which is the first of the words, without a shell. Nil: no program is run.
	RunCommand func(words []string) ([]byte, error)
	// Unread leaves all passwords unread ([spec.Password.Unread]), UnreadCommands those that programs print.
	Unread, UnreadCommands bool
}

// The keys of a spec.
const (
	keyVersion = "version"
	keyLockKey = "lock_key"
	keyMissing = "missing"
	keyRoles   = "roles"
	// passedOver begins the keys that are places for anchors.
	passedOver = "x-"

	keyPassword   = "password"
	keyValidUntil = "valid_until"
	keyEnv        = "env"
	keyFile       = "file"
	keyVerifier   = "verifier"
	keyCommand    = "command"
)

// parsing is the state of one Parse.
type parsing struct {
	problems
	spec    *spec.Spec
	secrets Secrets
	// sources are the files, and of the files that of each role.
	sources, ofRoles []*source
	// foundAt is where keys above the roles stand, by name.
	foundAt map[string]place
	// items is how many phrases, names and merged keys there were so far, aliases counted each time; copied how many of
	// them take memory of their own. The files have so many bytes.
	items, copied, bytes int
}

// file is a file that is being read.
type file struct {
	*parsing
	source *source
	// phrase reads one phrase after the other.
	phrase spec.PhraseReader
	// flat remembers the entries of mappings that can be asked for more than once, hidden which nodes are hidden.
	flat   map[*yaml.Node][]entry
	hidden map[*yaml.Node]bool
	// lists are what was read of lists, which aliases may stand for again, if there are any.
	lists      map[listKey]any
	hasAliases bool
}

// Parse reads a spec from files, which together hold its roles. The error is a [spec.Errors] with every problem of all
// files, each with its place and source line; no password is in it.
func Parse(files []File, secrets Secrets) (*spec.Spec, error) {
	p := newParsing(secrets)
	if len(files) == 0 {
		p.add(place{}, "there is no file to read a spec from")
	}
	if Length(files) > MostBytes {
		p.add(place{}, "the spec is larger than %d MB, which is the most that is read: divide it into several, each for other roles", MostBytes>>20)
		return nil, p.errors()
	}
	p.readFiles(files)
	if !p.isTooMuch() {
		spec.Check(p.spec, func(found spec.Problem) {
			p.add(place{p.sourceOf(found), found.At.Line, found.At.Column}, "%s", found.Message)
		})
	}
	if len(p.list) == 0 {
		return p.spec, nil
	}
	p.hideComments()
	return nil, p.errors()
}

func newParsing(secrets Secrets) *parsing {
	return &parsing{spec: &spec.Spec{Roles: []spec.Role{}}, secrets: secrets, foundAt: map[string]place{}}
}

func (p *parsing) readFiles(files []File) {
	p.bytes = Length(files)
	for i, f := range files {
		p.readFile(i, f)
	}
}

func (p *parsing) hideComments() {
	for _, src := range p.sources {
		src.hideComments()
	}
}

// Excerpts gives what shows lines of files that [Parse] has read, as it shows them, of problems that are found later.
// It reads the files once more, to know what must not be shown. Where that fails it shows none.
func Excerpts(files []File) func(at spec.Position) spec.Excerpt {
	p := newParsing(Secrets{Unread: true})
	p.readFiles(files)
	p.hideComments()
	return func(at spec.Position) spec.Excerpt {
		i := slices.IndexFunc(p.sources, func(s *source) bool { return s.name == at.File })
		if i < 0 || at.Line == 0 || len(p.list) > 0 {
			return spec.Excerpt{}
		}
		return place{p.sources[i], at.Line, at.Column}.excerpt()
	}
}

// sourceOf gives the file in which a problem is.
func (p *parsing) sourceOf(found spec.Problem) *source {
	if found.Role >= 0 {
		return p.ofRoles[found.Role]
	}
	return p.sources[slices.IndexFunc(p.sources, func(s *source) bool { return s.name == found.At.File })]
}

func (p *parsing) readFile(order int, given File) {
	text := plainText(given.Data)
	f := &file{
		parsing: p,
		source:  newSource(given.Name, order, text),
		flat:    map[*yaml.Node][]entry{},
		hidden:  map[*yaml.Node]bool{},
		lists:   map[listKey]any{},
	}
	p.sources = append(p.sources, f.source)
	if root := f.document(text); root != nil {
		f.resolveAliases(root)
		f.readSpec(root)
	}
}

// specKeys are the keys that may stand above the roles.
func specKeys() []string {
	return []string{keyVersion, keyLockKey, keyMissing, spec.KeyMode, spec.KeyDatabase, spec.KeyIgnore, spec.KeyPublic, keyRoles}
}

func (f *file) readSpec(root *yaml.Node) {
	start := f.placeOf(root)
	entries, ok := f.mapping(root, start, "the spec")
	if !ok {
		return
	}
	present := map[string]bool{}
	for _, e := range entries {
		present[e.name] = true
		if e.isRepeated || strings.HasPrefix(e.name, passedOver) || f.readSpecKey(e) {
			continue
		}
		f.unknown(e, specKeys())
		for _, meant := range spec.Nearest(e.name, specKeys()) {
			present[meant] = true // what it is instead is said
		}
	}
	if !present[keyVersion] {
		f.add(start, "version is missing: write version: 1")
	}
	if !present[keyRoles] {
		f.add(start, "roles are missing: write roles: and below it the roles by name")
	}
}

// readSpecKey reads a key above the roles. It gives false if the key means nothing anywhere.
func (f *file) readSpecKey(e entry) (isKnown bool) {
	switch e.name {
	case keyVersion:
		f.readVersion(e)
	case keyLockKey:
		f.readLockKey(e)
	case keyMissing:
		f.readMissing(e)
	case spec.KeyMode:
		f.readMode(e)
	case spec.KeyDatabase:
		f.readDatabase(e)
	case spec.KeyIgnore:
		f.spec.Ignore = append(f.spec.Ignore, f.readIgnore(e)...)
	case spec.KeyPublic:
		f.readPublic(e)
	case keyRoles:
		f.readRoles(e)
	default:
		if !slices.Contains(roleKeys(), e.name) {
			return false
		}
		f.add(e.at, "%s is a key of a role: write it below the role's name, which stands below roles", e.name)
	}
	return true
}

func (f *file) readVersion(e entry) {
	node := f.expect(e.value, isInteger, keyVersion, "the number 1", e.at, ": write version: 1")
	if node != nil && node.Value != "1" {
		f.add(f.placeOf(node), "version %s is not known: this program reads version 1", spec.Shorten(node.Value))
	}
}

func (f *file) readLockKey(e entry) {
	empty := fmt.Sprintf(": it must be a whole number; leave the key out for %d", spec.DefaultLockKey)
	if node := f.expect(e.value, isInteger, keyLockKey, "a whole number", e.at, empty); node != nil {
		f.setLockKey(e.at, f.placeOf(node), node.Value)
	}
}

func (f *file) setLockKey(keyAt, at place, text string) {
	key, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || strconv.FormatInt(key, 10) != text:
		f.add(at, "lock_key must be a whole number of 64 bits, in decimal digits")
	case key == 0:
		f.add(at, "lock_key must not be 0, which stands for none: leave it out for %d", spec.DefaultLockKey)
	case f.isFirst(keyLockKey, keyAt):
		f.spec.LockKey = key
	}
}

// isFirst notes where a key above the roles stands, which may stand in one file only. Where it stands in another one,
// too, that is a problem.
func (f *file) isFirst(key string, at place) bool {
	before, known := f.foundAt[key]
	if known {
		f.add(at, "%s stands in another file, too: at %s", key, before.position())
		return false
	}
	f.foundAt[key] = at
	return true
}

// readDatabase reads the name of the one database that the spec is for.
func (f *file) readDatabase(e entry) {
	text, ok := f.text(e)
	switch {
	case !ok:
	case text.text == "":
		f.add(text.at, "database is empty: write the name of the database that the spec is for, or leave the key out")
	case f.isFirst(spec.KeyDatabase, e.at):
		f.spec.Database, f.spec.DatabaseAt = text.text, text.at.position()
	}
}

func (f *file) readMissing(e entry) {
	text, ok := f.text(e)
	switch value := spec.WhenMissing(text.text); {
	case !ok:
	case value != spec.RefuseMissing && value != spec.WarnOfMissing:
		f.add(text.at, "missing must be %s or %s, not %q", spec.RefuseMissing, spec.WarnOfMissing, spec.Shorten(text.text))
	case f.isFirst(keyMissing, e.at):
		f.spec.Missing = value
	}
}

func (f *file) readMode(e entry) {
	text, ok := f.text(e)
	switch problem := spec.ModeProblem(spec.Mode(text.text)); {
	case !ok:
	case problem != "" || text.text == "":
		f.add(text.at, "mode must be %s or %s, not %q", spec.ModeSync, spec.ModeAdd, spec.Shorten(text.text))
	case f.isFirst(spec.KeyMode, e.at):
		f.spec.Mode = spec.Mode(text.text)
	}
}

func (f *file) readRoles(e entry) {
	if isList(deref(e.value)) {
		f.add(f.placeOf(e.value), "roles must be a mapping, not a list: write each role's name as a key, for example analysts: {login: {}}")
		return
	}
	entries, _ := f.mapping(e.value, e.at, "roles")
	f.spec.Roles, f.ofRoles = slices.Grow(f.spec.Roles, len(entries)), slices.Grow(f.ofRoles, len(entries))
	for _, declared := range entries {
		role := f.readRole(declared)
		if !declared.isRepeated {
			f.spec.Roles, f.ofRoles = append(f.spec.Roles, role), append(f.ofRoles, f.source)
		}
	}
}
